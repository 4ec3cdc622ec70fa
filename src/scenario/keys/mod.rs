//! The scene format, described once: the scene itself, `[output]` and `[numerics]` here, the larger tables in a file each.

mod channel;
mod column;
mod grid;
mod labels;
mod later;
mod magnets;
mod physics;
mod sample;
mod separator;
mod vessel;

use super::spec::Bounds::{Any, UpTo, Within};
use super::spec::Kind::{Choice, Either, Integer, List, Map, Number, Quantity, Tables, Text};
use super::spec::Need::{Beside, Default, Optional, Required};
use super::spec::{Bounds, Key, Kind, Need, Table};
use crate::fixed::MAX_CELLS;
use crate::units::Dimension::{Length, Time};
use channel::CHANNEL;
use column::{MATRIX, PHASE};
use labels::{BEAD, LABEL};
use later::wish;
use magnets::MAGNET;
use physics::PHYSICS;
use sample::{SAMPLE, SPECIES};
use separator::{COUNTS, DUCT, FEED, FLOW, INLET, OUTLET};
use vessel::{CHAMBER, PROTOCOL};

/// Version of the format that this program reads.
pub const SCHEMA: i64 = 1;

/// Most parcels of a run: counts and indices are 32-bit on the device.
pub const MAX_PARCELS: i64 = crate::model::MAX_PARCELS as i64;

/// A vessel or a rotor: from a micrometre to ten metres.
const WIDE: Bounds = Within(1.0, 1e7);

/// A time: up to 10000 days, nearly thirty years, beyond which sums of steps lose their microseconds.
const LONG: Bounds = UpTo(0.0, 8.64e14);

const fn key(name: &'static str, kind: Kind, need: Need, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        need,
        doc,
        twin: None,
    }
}

const fn table(doc: &'static str, keys: &'static [Key]) -> Table {
    Table {
        doc,
        keys,
        forms: &[],
    }
}

const LENGTH3: Kind = List(&Quantity(&[Length], Any), 3, 3);
const NUMBER3: Kind = List(&Number(-1e6, 1e6), 3, 3);

/// A whole scene.
pub const SCENE: Table = Table {
    doc: "A scene: a sample of cells, and a vessel with its rotor programme, a duct with a flow and \
             magnets, or a channel through which blood flows while it spins.",
    keys: &[
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
            "Seed of the random numbers: where parcels start, and their sizes and densities.",
        ),
        key("sample", Kind::Table(&SAMPLE), Required, "What is in the vessel."),
        key(
            "species",
            Map(&Kind::Table(&SPECIES)),
            Optional,
            "Kinds of cells that the library does not have.",
        ),
        key(
            "chamber",
            Kind::Table(&CHAMBER),
            Optional,
            "The vessel and how it is held.",
        ),
        key(
            "protocol",
            Tables(&PROTOCOL),
            Optional,
            "What the rotor does, in order.",
        ),
        key(
            "channel",
            Kind::Table(&CHANNEL),
            Optional,
            "The separation channel of a continuous-flow centrifuge, with its ports and its procedure.",
        ),
        key(
            "duct",
            Kind::Table(&DUCT),
            Optional,
            "The vessel of a separator, with a flow or with magnets.",
        ),
        key(
            "duration",
            Quantity(&[Time], LONG),
            Beside("duct"),
            "Longest simulated time of a separator. It ends earlier when all cells are held or out. \
             With a flow it may be left out.",
        ),
        key(
            "flow",
            Kind::Table(&FLOW),
            Beside("duct"),
            "The flow through the duct. Without it the duct is a closed vessel.",
        ),
        key(
            "feed",
            Kind::Table(&FEED),
            Beside("flow"),
            "How the sample enters. Without this table, the sample fills the duct at the start.",
        ),
        key(
            "outlet",
            Tables(&OUTLET),
            Beside("flow"),
            "Outlets, in order: from the axis or the core outwards, in a channel from low y (or low x, see `flow.side_by_side`). Without this table there is one outlet.",
        ),
        key(
            "inlet",
            Tables(&INLET),
            Beside("feed"),
            "Inlets, if sample enters through several. Each has its own share of the flow and its own cells.",
        ),
        key(
            "magnet",
            Tables(&MAGNET),
            Beside("duct"),
            "Magnets beside or around the duct, in its coordinates: z along it from its inlet, x and \
             y from its axis. A vessel in a rotor has none.",
        ),
        key(
            "matrix",
            Kind::Table(&MATRIX),
            Beside("flow"),
            "Makes the duct a column: wires or spheres catch the cells that the field pulls.",
        ),
        key(
            "phase",
            Tables(&PHASE),
            Beside("duct"),
            "Phases of the run, in order. Each has its rate, its outlet and its magnets.",
        ),
        key(
            "labels",
            Map(&Kind::Table(&LABEL)),
            Beside("duct"),
            "What a magnetic field does to the cells of a species: a measured mobility, beads, or \
             their own iron.",
        ),
        key(
            "beads",
            Map(&Kind::Table(&BEAD)),
            Optional,
            "Beads that the library does not have, for [labels] and for free beads of [sample.cells].",
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
        wish("ports", later::THROUGH),
        wish("window", later::WINDOW),
        wish("procedure", later::PROCEDURE),
        wish("harvest", later::FRACTIONS),
        wish("fractions", later::FRACTIONS),
    ],
    forms: &[&["chamber", "protocol"], &["duct"], &["channel"]],
};

const OUTPUT: Table = table(
    "What is recorded.",
    &[
        key(
            "profile",
            Kind::Table(&PROFILE),
            Default("{}"),
            "Profiles along a vessel.",
        ),
        key(
            "counts",
            Kind::Table(&COUNTS),
            Default("{}"),
            "Counts of a separator's cells.",
        ),
        key(
            "frames",
            Either(&Quantity(&[Time], LONG), &Kind::Table(&FRAMES)),
            Optional,
            "Pictures taken while the scene runs (frames/0000.png and so on): their interval, or a \
             table.",
        ),
        wish("fractions", later::FRACTIONS),
        wish("harvest", later::FRACTIONS),
    ],
);

/// `output.frames`.
pub const FRAMES: Table = table(
    "Pictures taken while the scene runs, together with profiles or counts. They change \
             nothing in the run.",
    &[
        key(
            "every",
            Quantity(&[Time], LONG),
            Required,
            "Interval: a multiple of that of the profiles or counts. The start and the end are always \
             taken.",
        ),
        key(
            "view",
            Text,
            Default("\"side\""),
            "View: side, top, along, cut, cut:ANGLE, unrolled, orbit:AZIMUTH,ELEVATION or \
             perspective:AZIMUTH,ELEVATION.",
        ),
        key(
            "colour",
            Choice(
                &["species", "eye", "fate", "density", "slip", "haematocrit", "load"],
                &[],
            ),
            Default("\"species\""),
            "What the colours show.",
        ),
        key(
            "size",
            Text,
            Default("\"960x540\""),
            "Width and height in pixels.",
        ),
    ],
);

const PROFILE: Table = table(
    "Profiles along the vessel.",
    &[
        key(
            "every",
            Quantity(&[Time], LONG),
            Default("\"10 s\""),
            "Interval. The start and the end are always recorded.",
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
            "Grid cells along the axis of a vessel. A separator has `duct.grid`.",
        ),
        key(
            "courant",
            Number(1e-6, 0.5),
            Default("0.4"),
            "Smaller is more accurate and slower. In a vessel and in a column: longest move of a parcel in a step, in grid cells. In other ducts: how fine the parts of a step are.",
        ),
        key(
            "longest_step",
            Quantity(&[Time], LONG),
            Default("\"10 s\""),
            "Longest time step of a vessel's run.",
        ),
    ],
);
