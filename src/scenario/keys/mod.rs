//! The scene format, described once: the scene itself, `[output]` and `[numerics]` here, the larger tables in a file each.

mod physics;
mod sample;
mod vessel;

use super::spec::Bounds::{UpTo, Within};
use super::spec::Kind::{Integer, Later, Map, Number, Quantity, Tables, Text};
use super::spec::Need::{Default, Optional, Required};
use super::spec::{Bounds, Key, Kind, Need, Table};
use crate::fixed::MAX_CELLS;
use crate::units::Dimension::Time;
use physics::PHYSICS;
use sample::{SAMPLE, SPECIES};
use vessel::{CHAMBER, PROTOCOL};

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
