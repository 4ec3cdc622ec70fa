//! Keys of `[sample]` and `[species]`.

use super::super::spec::Bounds::{Any, NotNegative, Positive, UpTo, Within};
use super::super::spec::Kind::{Choice, Colour, Either, Integer, Map, Number, Quantity, Text};
use super::super::spec::Need::{Beside, Default, Optional, Required};
use super::super::spec::{Kind, Table};
use super::later::{self, wish};
use super::{MAX_PARCELS, key, table};
use crate::units::Dimension::{Concentration, Density, Fraction, Length, Temperature, Viscosity};

const CELLS: Kind = Map(&Either(&AMOUNT, &Kind::Table(&CELL)));
const AMOUNT: Kind = Quantity(&[Concentration, Fraction], Positive);

/// `[sample]`.
pub const SAMPLE: Table = Table {
    doc: "What is in the vessel, well mixed at the start.",
    keys: &[
        key(
            "medium",
            Text,
            Optional,
            "Suspending fluid from the library, e.g. \"plasma\" or \"saline\". For blood take \
             \"plasma\", and say with `anticoagulant` and `diluted_with` what was added.",
        ),
        key(
            "fluid",
            Kind::Table(&FLUID),
            Optional,
            "Suspending fluid by its numbers, instead of `medium`, e.g. { density = \"1.03 g/mL\", viscosity = \"2.7 mPa s\", aggregation = \"plasma\" }.",
        ),
        key(
            "anticoagulant",
            Kind::Table(&ANTICOAGULANT),
            Beside("medium"),
            "Solution that was added to the blood, e.g. { solution = \"acd_a\", ratio = \"1:9\" }. It \
             mixes with the plasma, not with the cells.",
        ),
        key(
            "diluted_with",
            Kind::Table(&DILUTED),
            Beside("medium"),
            "What the blood was diluted with afterwards, e.g. { medium = \"saline\", ratio = \"1:1\" \
             }.",
        ),
        key(
            "amounts",
            Choice(&["blood", "anticoagulated", "sample"], &[]),
            Optional,
            "What `haematocrit` and the amounts of `cells` refer to: the \"blood\" before anything \
             was added, the \"anticoagulated\" blood, or the \"sample\" as it is spun. Required \
             beside `anticoagulant` or `diluted_with`.",
        ),
        key(
            "temperature",
            Quantity(&[Temperature], Any),
            Default("\"22 degC\""),
            "Temperature of the sample: 2 to 42 degC in watery media, e.g. \"4 degC\".",
        ),
        key(
            "haematocrit",
            Quantity(&[Fraction], UpTo(0.0, 1.0)),
            Optional,
            "Volume fraction of red cells in the sample, or in what `amounts` names, e.g. \"42 %\".",
        ),
        key(
            "parcels",
            Integer(1, MAX_PARCELS),
            Default("500_000"),
            "Number of parcels. Half go to the erythrocytes, the rest in equal parts to the other \
             species. A species with a number of its own keeps it.",
        ),
        key(
            "cells",
            CELLS,
            Default("{}"),
            "Cells by species of the library or of [species]: a concentration (or volume fraction), or a table.",
        ),
        wish("layers", later::LAYERS),
        wish("gradient", later::GRADIENT),
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
        key(
            "aggregation",
            Either(&Number(1.0, 1000.0), &Choice(&["plasma", "saline"], &[])),
            Optional,
            "How red cells aggregate in it: as in \"plasma\", as in \"saline\" (not at all), or a factor on their mobility, e.g. 8. Without this key they do not aggregate, and there is a warning.",
        ),
    ],
);

const ANTICOAGULANT: Table = table(
    "An anticoagulant solution in the blood.",
    &[
        key(
            "solution",
            Text,
            Required,
            "A medium of the library: \"acd_a\", \"cpd\", \"tsc_3_2\" (citrate 3.2 %), \"tsc_4\" (citrate 4 %).",
        ),
        key(
            "ratio",
            Text,
            Required,
            "Volumes of solution and of blood: \"1:9\" means 1 part of solution to 9 parts of blood. The smaller number is the solution.",
        ),
    ],
);

const DILUTED: Table = table(
    "What blood was diluted with.",
    &[
        key(
            "medium",
            Text,
            Required,
            "A watery medium of the library: \"saline\", \"plasma\", ...",
        ),
        key(
            "ratio",
            Text,
            Required,
            "Volume ratio, e.g. \"1:1\". If the volumes differ, say which is which: \"1 blood : 4 saline\".",
        ),
    ],
);

const CELL: Table = table(
    "A species of the sample. The keys override the library.",
    &[
        key(
            "concentration",
            AMOUNT,
            Optional,
            "Cells, or volume of cells, per volume of sample. For erythrocytes `haematocrit` may say \
             it.",
        ),
        key(
            "bead",
            Text,
            Optional,
            "Turns this entry into free beads: a bead of the library (`buffycoat list beads`) \
             or of [beads]. The entry may have any name.",
        ),
        key(
            "parcels",
            Integer(1, MAX_PARCELS),
            Optional,
            "Number of parcels for this species, instead of its share of `sample.parcels`.",
        ),
        key(
            "species",
            Text,
            Optional,
            "Cell of the library or of [species], if the entry has another name. So one cell can be in the sample twice, with different labels or inlets.",
        ),
        key(
            "inlet",
            Text,
            Optional,
            "In a separator with [[inlet]]: the inlet through which it enters. The default is the first. Its concentration is per volume of fluid that enters there.",
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
            "Drag divided by that of a sphere of equal volume.",
        ),
        key(
            "aggregation",
            Number(1.0, 1000.0),
            Optional,
            "Factor by which aggregation raises its mobility.",
        ),
        key(
            "colour",
            Colour,
            Optional,
            "Colour in pictures. If two species have the same colour of the library, the later one is \
             made lighter.",
        ),
    ],
);

const DIAMETER: Kind = Quantity(&[Length], UpTo(0.0, 1000.0));
const DIAMETER_SD: Kind = Quantity(&[Length], NotNegative);
const CELL_DENSITY: Kind = Quantity(&[Density], Within(0.1, 25.0));
const DENSITY_SD: Kind = Quantity(&[Density], NotNegative);

/// `[species.NAME]`.
pub const SPECIES: Table = table(
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
            "Kind of particle. It decides in which layer the species is the wanted one, for purity.",
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
            "Drag divided by that of a sphere of equal volume.",
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
            "Factor by which aggregation raises its mobility.",
        ),
        key("colour", Colour, Default("\"#4a4a4a\""), "Colour in pictures."),
    ],
);
