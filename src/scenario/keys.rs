//! The scene format, described once.

use super::spec::Bounds::{Any, NotNegative, Positive, UpTo, Within};
use super::spec::Kind::{Bool, Choice, Colour, Either, Integer, Later, Map, Number, Quantity, Tables, Text};
use super::spec::Need::{Default, Optional, Required, When};
use super::spec::{Bounds, Key, Kind, Need, Table};
use crate::fixed::MAX_CELLS;
use crate::units::Dimension::*;

/// Version of the format that this program reads.
pub const SCHEMA: i64 = 1;

/// Most parcels of a run: counts and indices are 32-bit on the device.
pub const MAX_PARCELS: i64 = crate::model::MAX_PARCELS as i64;

/// A vessel or a rotor: from a micrometre to ten metres.
const WIDE: Bounds = Within(1.0, 1e7);

/// A time: up to thirty years, beyond which sums of steps lose their microseconds.
const LONG: Bounds = UpTo(0.0, 1e15);

const fn key(name: &'static str, kind: Kind, need: Need, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        need,
        doc,
    }
}

const fn table(doc: &'static str, keys: &'static [Key]) -> Table {
    Table {
        doc,
        keys,
        forms: &[],
    }
}

/// A whole scene.
pub const SCENE: Table = table(
    "A scene of buffycoat: a sample of cells, a vessel, a rotor programme. Every dimensional value is a string with \
     its unit.",
    &[
        key(
            "schema",
            Integer(1, i64::MAX),
            Required,
            "Version of the format: 1.",
        ),
        key("title", Text, Default("\"\""), "What the scene is, for people."),
        key(
            "seed",
            Integer(0, i64::MAX),
            Default("1"),
            "Decides where parcels start and which sizes they have.",
        ),
        key("sample", Kind::Table(&SAMPLE), Required, "What is in the vessel."),
        key(
            "species",
            Map(&Kind::Table(&SPECIES)),
            Optional,
            "Cells that the library does not have.",
        ),
        key(
            "chamber",
            Kind::Table(&CHAMBER),
            Required,
            "The vessel and how it is held.",
        ),
        key(
            "protocol",
            Tables(&PROTOCOL),
            Required,
            "What the rotor does, in order.",
        ),
        key(
            "physics",
            Kind::Table(&PHYSICS),
            Default("{}"),
            "Switches and parameters of the physics.",
        ),
        key("output", Kind::Table(&OUTPUT), Default("{}"), "What is recorded."),
        key(
            "numerics",
            Kind::Table(&NUMERICS),
            Default("{}"),
            "Grid and time step.",
        ),
        key("magnet", Later("magnets and magnetic labels"), Optional, ""),
        key("labels", Later("magnets and magnetic labels"), Optional, ""),
        key("flow", Later("flow through the vessel"), Optional, ""),
        key("ports", Later("flow through the vessel"), Optional, ""),
        key("window", Later("the window"), Optional, ""),
        key("procedure", Later("procedures around the vessel"), Optional, ""),
    ],
);

const CELLS: Kind = Map(&Either(&AMOUNT, &Kind::Table(&CELL)));
const AMOUNT: Kind = Quantity(&[Concentration, Fraction], Positive);

const SAMPLE: Table = Table {
    doc: "What is in the vessel, well mixed at the start.",
    keys: &[
        key(
            "medium",
            Text,
            Optional,
            "Suspending fluid, from the library: plasma, saline, ...",
        ),
        key(
            "fluid",
            Kind::Table(&FLUID),
            Optional,
            "Suspending fluid by its numbers, instead of `medium`; in it nothing aggregates unless `physics.rouleaux` says so.",
        ),
        key(
            "temperature",
            Quantity(&[Temperature], Any),
            Default("\"22 degC\""),
            "Temperature of the sample.",
        ),
        key(
            "haematocrit",
            Quantity(&[Fraction], UpTo(0.0, 1.0)),
            Optional,
            "Volume of red cells per volume of sample.",
        ),
        key(
            "parcels",
            Integer(1, MAX_PARCELS),
            Default("500_000"),
            "Parcels in all. Half go to the erythrocytes where there are others too, the rest in equal parts to the others; species that name their own number keep it.",
        ),
        key(
            "cells",
            CELLS,
            Default("{}"),
            "Cells by species of the library or of [species]: a concentration (or volume fraction), or a table.",
        ),
    ],
    forms: &[&["medium"], &["fluid"]],
};

const FLUID: Table = table(
    "A suspending fluid.",
    &[
        key(
            "density",
            Quantity(&[Density], Within(0.1, 25.0)),
            Required,
            "Its density.",
        ),
        key(
            "viscosity",
            Quantity(&[Viscosity], UpTo(0.0, 1e9)),
            Required,
            "Its dynamic viscosity.",
        ),
    ],
);

const CELL: Table = table(
    "A species of the sample, with what differs from the library.",
    &[
        key(
            "concentration",
            AMOUNT,
            Optional,
            "Cells (or volume of cells) per volume of sample. Erythrocytes may leave it to `haematocrit`.",
        ),
        key(
            "parcels",
            Integer(1, MAX_PARCELS),
            Optional,
            "Parcels that carry it, instead of its share of `sample.parcels`.",
        ),
        key("diameter", DIAMETER, Optional, "Mean volume-equivalent diameter."),
        key(
            "diameter_sd",
            DIAMETER_SD,
            Optional,
            "Standard deviation of the diameter.",
        ),
        key("density", CELL_DENSITY, Optional, "Mean density."),
        key(
            "density_sd",
            DENSITY_SD,
            Optional,
            "Standard deviation of the density.",
        ),
        key(
            "correlation",
            Number(-1.0, 1.0),
            Optional,
            "Correlation of diameter and density.",
        ),
        key(
            "drag_factor",
            Number(1.0, 10.0),
            Optional,
            "Drag over that of the sphere of equal volume.",
        ),
        key(
            "aggregation",
            Number(1.0, 1000.0),
            Optional,
            "Factor on its mobility where it aggregates.",
        ),
    ],
);

const DIAMETER: Kind = Quantity(&[Length], UpTo(0.0, 1000.0));
const DIAMETER_SD: Kind = Quantity(&[Length], NotNegative);
const CELL_DENSITY: Kind = Quantity(&[Density], Within(0.1, 25.0));
const DENSITY_SD: Kind = Quantity(&[Density], NotNegative);

const SPECIES: Table = table(
    "A kind of cell that the library does not have.",
    &[
        key("source", Text, Required, "Where its numbers come from."),
        key(
            "status",
            Choice(&["read", "derived", "fit", "unverified"], &[]),
            Default("\"unverified\""),
            "How well they are known.",
        ),
        key(
            "class",
            Choice(&["erythrocyte", "leukocyte", "platelet", "particle"], &[]),
            Required,
            "Family: decides in which layer it counts as wanted.",
        ),
        key("diameter", DIAMETER, Required, "Mean volume-equivalent diameter."),
        key(
            "diameter_sd",
            DIAMETER_SD,
            Default("\"0 um\""),
            "Standard deviation of the diameter.",
        ),
        key("density", CELL_DENSITY, Required, "Mean density."),
        key(
            "density_sd",
            DENSITY_SD,
            Default("\"0 g/mL\""),
            "Standard deviation of the density.",
        ),
        key(
            "correlation",
            Number(-1.0, 1.0),
            Default("0.0"),
            "Correlation of diameter and density.",
        ),
        key(
            "drag_factor",
            Number(1.0, 10.0),
            Default("1.0"),
            "Drag over that of the sphere of equal volume.",
        ),
        key(
            "packing_limit",
            Quantity(&[Fraction], UpTo(0.0, 1.0)),
            Optional,
            "Volume fraction at which it packs: 64 % for particles, otherwise 94 %.",
        ),
        key(
            "aggregation",
            Number(1.0, 1000.0),
            Default("1.0"),
            "Factor on its mobility where it aggregates.",
        ),
        key("colour", Colour, Default("\"#4a4a4a\""), "Colour in pictures."),
    ],
);

const CHAMBER: Table = table(
    "The vessel. Its sample reaches from the meniscus to the bottom.",
    &[
        key(
            "shape",
            Choice(&["tube", "sector"], &[("stl", "chambers from STL files")]),
            Required,
            "A cylinder with a flat bottom, or a cell whose side walls are radial.",
        ),
        key(
            "inner_diameter",
            Quantity(&[Length], WIDE),
            When("shape", &["tube"]),
            "Inner diameter of the tube.",
        ),
        key(
            "angle",
            Quantity(&[Angle], UpTo(0.0, std::f64::consts::PI)),
            When("shape", &["sector"]),
            "Angle between the side walls.",
        ),
        key(
            "thickness",
            Quantity(&[Length], WIDE),
            When("shape", &["sector"]),
            "Width along the rotor's axis.",
        ),
        key(
            "fill_height",
            Quantity(&[Length], WIDE),
            Required,
            "Meniscus to bottom, along the axis of the vessel.",
        ),
        key("rotor", Kind::Table(&ROTOR), Required, "How the vessel is held."),
        key("file", Later("chambers from STL files"), Optional, ""),
        key("ports", Later("flow through the vessel"), Optional, ""),
    ],
);

const ROTOR: Table = table(
    "How the vessel is held.",
    &[
        key(
            "mounting",
            Choice(
                &["swing-out", "horizontal", "bench"],
                &[("fixed-angle", "fixed-angle rotors")],
            ),
            Required,
            "A bucket that swings out, an axis that is radial at every speed, or upright on the bench at 1 g.",
        ),
        key(
            "bottom_radius",
            Quantity(&[Length], WIDE),
            When("mounting", &["swing-out", "horizontal"]),
            "Rotor axis to the inner bottom of the vessel, when it lies horizontal.",
        ),
    ],
);

const PROTOCOL: Table = Table {
    doc: "A stretch of the rotor programme: ramp_to with over, or hold, or brake_over.",
    keys: &[
        key(
            "ramp_to",
            Quantity(&[RotorSpeed, CentrifugalForce], Positive),
            Optional,
            "Speed to reach: rpm, rad/s, or x g at the bottom of the vessel unless `at_radius` says otherwise.",
        ),
        key("over", Quantity(&[Time], LONG), Optional, "Duration of the ramp."),
        key(
            "at_radius",
            Quantity(&[Length], WIDE),
            Optional,
            "Radius at which a centrifugal force is meant.",
        ),
        key(
            "hold",
            Quantity(&[Time], LONG),
            Optional,
            "Time at the present speed.",
        ),
        key(
            "brake_over",
            Quantity(&[Time], LONG),
            Optional,
            "Time in which the rotor comes to rest.",
        ),
        key("flow", Later("flow through the vessel"), Optional, ""),
    ],
    forms: &[&["ramp_to", "over"], &["hold"], &["brake_over"]],
};

const PHYSICS: Table = table(
    "Switches and parameters of the physics.",
    &[
        key(
            "suspension",
            Choice(&["dense", "dilute"], &[]),
            Default("\"dense\""),
            "Whether cells feel each other: mixture density, backflow, hindrance and packing.",
        ),
        key(
            "hindrance_exponent",
            Number(2.0, 20.0),
            Default("4.65"),
            "n of (1 - phi)^(n - 2), Masliyah, Lockett & Bassoon; 4.65 for spheres. Dense only.",
        ),
        key(
            "packing_limit",
            Quantity(&[Fraction], UpTo(0.0, 1.0)),
            Optional,
            "Volume fraction at which cells pack: that of the species with the largest volume if left out. Dense only.",
        ),
        key(
            "packing_width",
            Quantity(&[Fraction], UpTo(0.0, 0.5)),
            Default("\"5 %\""),
            "Width below the limit over which the mobility falls to zero. Dense only.",
        ),
        key(
            "rouleaux",
            Number(1.0, 1000.0),
            Optional,
            "Factor on the mobility of red cells by rouleaux: that of the library for the medium if left out (12 in plasma), 1 if dilute.",
        ),
        key(
            "lateral",
            Choice(&["mixed", "resolved"], &[]),
            Default("\"mixed\""),
            "Whether motion across the vessel is followed. `resolved` only if dilute.",
        ),
        key(
            "coriolis",
            Bool,
            Default("false"),
            "Coriolis acceleration; needs lateral = \"resolved\".",
        ),
        key(
            "drag",
            Choice(&["stokes", "schiller-naumann"], &[]),
            Default("\"stokes\""),
            "Drag law. `schiller-naumann` only if dilute.",
        ),
        key("brownian", Later("Brownian motion"), Optional, ""),
        key("shear_diffusion", Later("shear-induced diffusion"), Optional, ""),
        key("bed", Later("the compressible bed"), Optional, ""),
        key("compressible", Later("the compressible bed"), Optional, ""),
        key("aggregation", Later("the kinetics of aggregation"), Optional, ""),
        key("flow", Later("flow through the vessel"), Optional, ""),
    ],
);

const OUTPUT: Table = table(
    "What is recorded.",
    &[key(
        "profile",
        Kind::Table(&PROFILE),
        Default("{}"),
        "Profiles along the vessel.",
    )],
);

const PROFILE: Table = table(
    "Profiles along the vessel.",
    &[
        key(
            "every",
            Quantity(&[Time], LONG),
            Default("\"10 s\""),
            "Interval; the start and the end are always recorded.",
        ),
        key(
            "bins",
            Integer(1, 100_000),
            Default("260"),
            "Bins along the vessel.",
        ),
    ],
);

const NUMERICS: Table = table(
    "Grid and time step.",
    &[
        key(
            "layers",
            Integer(2, MAX_CELLS as i64),
            Default("260"),
            "Grid cells along the axis of the vessel.",
        ),
        key(
            "courant",
            Number(1e-6, 0.5),
            Default("0.4"),
            "Furthest a parcel moves in one step, in grid cells.",
        ),
        key(
            "longest_step",
            Quantity(&[Time], LONG),
            Default("\"10 s\""),
            "Longest time step.",
        ),
    ],
);
