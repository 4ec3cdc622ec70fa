//! Keys of `[chamber]` and `[[protocol]]`.

use super::super::spec::Bounds::{Positive, UpTo};
use super::super::spec::Kind::{Choice, Quantity};
use super::super::spec::Need::{Optional, Required, When};
use super::super::spec::{Kind, Table};
use super::later::{self, wish};
use super::{LONG, WIDE, key, table};
use crate::units::Dimension::{Angle, CentrifugalForce, Length, RotorSpeed, Time};

/// `[chamber]`.
pub const CHAMBER: Table = table(
    "The vessel. Its sample reaches from the meniscus to the bottom.",
    &[
        key(
            "shape",
            Choice(
                &["tube", "sector", "channel"],
                &[
                    ("stl", later::STL),
                    ("cone", later::CONICAL),
                    ("conical", later::CONICAL),
                    ("round", later::CONICAL),
                ],
            ),
            Required,
            "Tube: a cylinder with a flat bottom. Sector: a cell with radial side walls. Channel: a closed box with a \
             level, rectangular cross-section. For a flow through a channel use `[duct]`.",
        ),
        key(
            "inner_diameter",
            Quantity(&[Length], WIDE),
            When("shape", &["tube"]),
            "Inner diameter of the tube; or its inner `radius`.",
        )
        .or("radius", 2.0),
        key(
            "width",
            Quantity(&[Length], WIDE),
            When("shape", &["channel"]),
            "Width of a channel. Pictures show this side.",
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
            When("shape", &["sector", "channel"]),
            "Of a sector its width along the rotor's axis, of a channel its other horizontal side.",
        ),
        key(
            "fill_height",
            Quantity(&[Length], WIDE),
            Required,
            "Meniscus to bottom, along the axis of the vessel.",
        ),
        key("rotor", Kind::Table(&ROTOR), Required, "How the vessel is held."),
        wish("file", later::STL),
        wish("ports", later::THROUGH),
    ],
);

const ROTOR: Table = table(
    "How the vessel is held.",
    &[
        key(
            "mounting",
            Choice(
                &["swing-out", "horizontal", "bench"],
                &[("fixed-angle", later::FIXED_ANGLE)],
            ),
            Required,
            "Swing-out: a bucket that swings out. Horizontal: the vessel's axis is radial at every \
             speed. Bench: upright at 1 g.",
        ),
        key(
            "bottom_radius",
            Quantity(&[Length], WIDE),
            When("mounting", &["swing-out", "horizontal"]),
            "From the rotor axis to the inner bottom of the vessel, when it lies horizontal.",
        ),
        wish("angle", later::FIXED_ANGLE),
        wish("tilt", later::TILT),
    ],
);

/// `[[protocol]]`.
pub const PROTOCOL: Table = Table {
    doc: "A segment of the rotor programme: a ramp, a hold or a brake.",
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
            "Radius to which a relative centrifugal force in `ramp_to` refers. The default is the bottom of the vessel.",
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
        wish("flow", later::THROUGH),
        wish("remove", later::PROCEDURE),
        wish("transfer", later::PROCEDURE),
    ],
    forms: &[&["ramp_to", "over"], &["hold"], &["brake_over"]],
};
