//! Keys of `[duct]`, `[flow]`, `[feed]`, `[[inlet]]`, `[[outlet]]` and `output.counts`.

use super::super::spec::Bounds::{NotNegative, Positive, UpTo, Within};
use super::super::spec::Kind::{self, Choice, Integer, List, Quantity, Text};
use super::super::spec::Need::{Default, May, Optional, Required, When};
use super::super::spec::Table;
use super::grid::{ARRAY, AXES, AXES3, COLUMN_NAMES, COLUMNS, DECIMAL, DECIMALS, LENGTH_UNIT};
use super::{LENGTH3, LONG, WIDE, key, later, table};
use crate::units::Dimension::{CentrifugalForce, FlowRate, Fraction, Length, RotorSpeed, Time};

/// `[duct]`.
pub const DUCT: Table = table(
    "A straight vessel along z, from its inlet at z = 0.",
    &[
        key(
            "shape",
            Choice(&["tube", "annulus", "channel"], &[]),
            Required,
            "Cross-section: a circle, a ring between a core and a wall, or a rectangle.",
        ),
        key(
            "radius",
            Quantity(&[Length], WIDE),
            When("shape", &["tube"]),
            "Inner radius of the tube; or its `inner_diameter`.",
        )
        .or("inner_diameter", 0.5),
        key(
            "inner_radius",
            Quantity(&[Length], WIDE),
            When("shape", &["annulus"]),
            "Radius of the core; or the `core_diameter`.",
        )
        .or("core_diameter", 0.5),
        key(
            "outer_radius",
            Quantity(&[Length], WIDE),
            When("shape", &["annulus"]),
            "Radius of the outer wall; or its `outer_diameter`.",
        )
        .or("outer_diameter", 0.5),
        key(
            "width",
            Quantity(&[Length], WIDE),
            When("shape", &["channel"]),
            "Extent along x.",
        ),
        key(
            "height",
            Quantity(&[Length], WIDE),
            When("shape", &["channel"]),
            "Extent along y, across which a laminar flow has its profile.",
        ),
        key("length", Quantity(&[Length], WIDE), Required, "Inlet to outlet."),
        key(
            "axis",
            Choice(&["up", "down", "horizontal"], &[]),
            Required,
            "Direction of z, which is also that of the flow.",
        ),
        key(
            "gravity",
            Choice(&["x", "-x", "y", "-y"], &[]),
            When("axis", &["horizontal"]),
            "Direction of gravity in the coordinates of a horizontal duct.",
        ),
        key(
            "rotor",
            Kind::Table(&TURNING),
            Optional,
            "Fixes the duct to a rotor with a vertical axis. Without this table, the duct lies still.",
        ),
        key(
            "grid",
            List(&Integer(1, 4096), 3, 3),
            Optional,
            "Number of cells of the field table along x, y and z. By default it is refined until its measured error is small enough.",
        ),
        key(
            "holds",
            List(
                &Choice(
                    &[
                        "inner wall",
                        "outer wall",
                        "low x",
                        "high x",
                        "low y",
                        "high y",
                        "end",
                    ],
                    &[],
                ),
                0,
                5,
            ),
            Default("[]"),
            "Surfaces that hold every cell that a magnet pulls onto them. Other cells slide along them, as along other surfaces.",
        ),
        key(
            "coverage",
            Quantity(&[Fraction], UpTo(0.0, 100.0)),
            Optional,
            "Share of a holding surface that cells may cover. Values above 100 % allow several layers. Without this key the surface never fills.",
        ),
    ],
);

/// `duct.rotor`.
const TURNING: Table = table(
    "A rotor with a vertical axis that carries the duct. Without `outward` and `radius`, an upright duct turns about its own axis.",
    &[
        key(
            "outward",
            Choice(&["x", "-x", "y", "-y", "z", "-z"], &[]),
            Optional,
            "Direction in the coordinates of the duct that leads away from the rotor's axis. It is level, so it is not that of gravity.",
        ),
        key(
            "radius",
            Quantity(&[Length], WIDE),
            Optional,
            "Distance of the duct from the rotor's axis: that of the middle of the duct or, if the duct lies along the radius (`outward` is z \
             or -z), of its inlet.",
        ),
        key(
            "speed",
            Quantity(&[RotorSpeed, CentrifugalForce], NotNegative),
            Required,
            "Speed of the rotor at the start: rpm, rad/s, or x g at the place of the duct that is furthest from the axis. A [[phase]] may change it.",
        ),
    ],
);

/// `[flow]`.
pub const FLOW: Table = table(
    "A steady flow along z.",
    &[
        key(
            "rate",
            Quantity(&[FlowRate], Positive),
            Required,
            "Volume per time.",
        ),
        key(
            "profile",
            Choice(&["laminar", "plug", "plates", "file"], &[]),
            Default("\"laminar\""),
            "Laminar: fully developed, with no slip at any wall. Plug: the same velocity everywhere. \
             Plates: in a channel, as between two plates, without side walls. File: any steady flow \
             from a file.",
        ),
        key(
            "file",
            Text,
            When("profile", &["file"]),
            "File of the velocity in the coordinates of the duct, relative to the scene: a table with columns x, y, z, vx, vy, vz as other \
             tools write it, VTK (.vtk, .vti, .vtr, .vts, .vtu) or NumPy's .npy. The velocities are scaled to `rate`.",
        ),
        key("length_unit", Text, May("profile", &["file"]), LENGTH_UNIT),
        key(
            "velocity_unit",
            Text,
            May("profile", &["file"]),
            "Unit of velocity in the file, e.g. \"mm/s\", if the file names none.",
        ),
        key("columns", COLUMN_NAMES, May("profile", &["file"]), COLUMNS),
        key("array", Text, May("profile", &["file"]), ARRAY),
        key("decimal", DECIMALS, May("profile", &["file"]), DECIMAL),
        key(
            "symmetry",
            Choice(&["axial"], &[("planar", later::PLANAR)]),
            May("profile", &["file"]),
            "What a two-dimensional file stands for. Axial: the same around its second axis, with the first as the radius. A file with a \
             column r is axial.",
        ),
        key("axes", AXES3, May("profile", &["file"]), AXES),
        key(
            "centre",
            LENGTH3,
            May("profile", &["file"]),
            "Position of the file's origin in the duct. The default is the origin of the duct.",
        ),
        key(
            "side_by_side",
            Choice(&["height", "width"], &[]),
            Optional,
            "In a channel: whether the streams of inlets and outlets lie side by side over its height \
             (y, the default) or its width (x).",
        ),
    ],
);

/// `[feed]`.
pub const FEED: Table = table(
    "How the sample enters at z = 0: with a part of the flow, or through the inlets. The rest of the flow is clear fluid.",
    &[
        key(
            "over",
            Quantity(&[Time], LONG),
            Required,
            "For how long sample is fed.",
        ),
        key(
            "share",
            List(&Quantity(&[Fraction], Within(0.0, 1.0)), 2, 2),
            Default("[\"0 %\", \"100 %\"]"),
            "The part of the flow that is sample: where it begins and ends, as shares of the flow in the order of [[outlet]]. With [[inlet]] each inlet has its own.",
        ),
    ],
);

/// `[[inlet]]`.
pub const INLET: Table = table(
    "A part of the flow with its own cells. An entry of `sample.cells` names its inlet.",
    &[
        key("name", Text, Required, "What to call it."),
        key(
            "share",
            List(&Quantity(&[Fraction], Within(0.0, 1.0)), 2, 2),
            Required,
            "The part of the flow that enters here: where it begins and ends, as shares of the flow in the order of [[outlet]].",
        ),
    ],
);

/// `[[outlet]]`.
pub const OUTLET: Table = table(
    "An outlet behind a splitter.",
    &[
        key("name", Text, Required, "What to call it."),
        key(
            "up_to",
            Quantity(&[Fraction], Within(0.0, 1.0)),
            Optional,
            "Where the outlet's part of the flow ends, as a share of the flow. The last outlet takes the rest.",
        ),
    ],
);

/// `output.counts`.
pub const COUNTS: Table = table(
    "Counts of cells by fate: free, held, or in an outlet.",
    &[key(
        "every",
        Quantity(&[Time], LONG),
        Optional,
        "Interval. The default is a hundredth of the duration.",
    )],
);
