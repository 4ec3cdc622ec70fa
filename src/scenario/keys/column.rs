//! Keys of `[matrix]` and `[[phase]]`.

use super::super::spec::Bounds::{NotNegative, Positive, UpTo, Within};
use super::super::spec::Kind::{Bool, Choice, Map, Number, Quantity, Text};
use super::super::spec::Need::{Default, Optional, Required};
use super::super::spec::{Kind, Table};
use super::{LONG, WIDE, key, table};
use crate::magnets::MOST_STEADY;
use crate::units::Dimension::{CentrifugalForce, FlowRate, FluxDensity, Fraction, Length, RotorSpeed, Time};

/// `[matrix]`.
pub const MATRIX: Table = table(
    "The filling of a column: soft magnetic wires or spheres, magnetised by a background field.",
    &[
        key(
            "collectors",
            Choice(&["wires", "spheres"], &[]),
            Required,
            "Wires across the flow in random directions, or spheres.",
        ),
        key(
            "radius",
            Quantity(&[Length], WIDE),
            Required,
            "Radius of a wire or a sphere.",
        ),
        key(
            "porosity",
            Quantity(&[Fraction], Within(0.05, 0.999)),
            Required,
            "Share of the column that is fluid.",
        ),
        key(
            "background",
            Quantity(&[FluxDensity], UpTo(0.0, MOST_STEADY)),
            Required,
            "Flux density that magnetises the matrix.",
        ),
        key(
            "field",
            Choice(&["along", "across"], &[]),
            Required,
            "Direction of the background relative to the flow.",
        ),
        key(
            "material",
            Text,
            Default("\"stainless steel 430\""),
            "Soft material: its saturation. One of `buffycoat list materials`.",
        ),
        key(
            "susceptibility",
            Number(1e-3, 1e7),
            Default("1000.0"),
            "Susceptibility (SI) of the material, not of the body. Above 100 its value hardly matters.",
        ),
        key(
            "flow",
            Choice(&["creeping", "potential"], &[]),
            Default("\"creeping\""),
            "Flow round a collector: of a viscous fluid in a bed (Kuwabara, Happel), or the classical potential flow.",
        ),
        key(
            "capacity",
            Number(1.0, 1e15),
            Optional,
            "Cells that the matrix holds when it is full. Without it the matrix never fills.",
        ),
        key(
            "dispersivity",
            Quantity(&[Length], NotNegative),
            Optional,
            "Longitudinal dispersivity of the bed: by how much its winding pores spread the residence times. The default is the diameter of a collector.",
        ),
        key(
            "released",
            Quantity(&[Fraction], Within(0.0, 1.0)),
            Default("\"100 %\""),
            "Share of the held cells that come off when the magnets are off.",
        ),
        key(
            "unspecific",
            Map(&UNSPECIFIC),
            Default("{}"),
            "Nonspecific retention: share of the unlabelled cells of a species that the empty column keeps in one passage.",
        ),
    ],
);

const UNSPECIFIC: Kind = Quantity(&[Fraction], Within(0.0, 0.999));

/// `[[phase]]`.
pub const PHASE: Table = table(
    "A part of the programme: loading, washing, eluting, or magnets that go on and off. Sample comes with the flow, from the first on.",
    &[
        key(
            "name",
            Text,
            Required,
            "Name of the phase. It is also the outlet that collects, if there is a flow and no [[outlet]] divides it.",
        ),
        key("over", Quantity(&[Time], LONG), Required, "How long it lasts."),
        key(
            "rate",
            Quantity(&[FlowRate], Positive),
            Optional,
            "Volume per time. The default is that of [flow].",
        ),
        key(
            "speed",
            Quantity(&[RotorSpeed, CentrifugalForce], NotNegative),
            Optional,
            "Speed of the rotor at the end of the phase: rpm, rad/s, or x g at the place of the duct that is furthest from the axis. It \
             changes linearly from the speed at the end of the phase before. The default is no change.",
        ),
        key(
            "magnets",
            Bool,
            Default("true"),
            "Whether magnets are on. When they go off, surfaces and matrix release the cells they hold.",
        ),
        key(
            "collect",
            Text,
            Optional,
            "Name of the outlet that collects what leaves. The default is the name of the phase. \
             Phases may share one.",
        ),
    ],
);
