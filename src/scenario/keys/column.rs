//! Keys of `[matrix]` and `[[phase]]`.

use super::super::spec::Bounds::{NotNegative, Positive, UpTo, Within};
use super::super::spec::Kind::{Bool, Choice, Map, Number, Quantity, Text};
use super::super::spec::Need::{Default, Optional, Required};
use super::super::spec::{Kind, Table};
use super::{LONG, WIDE, key, table};
use crate::magnets::MOST_STEADY;
use crate::units::Dimension::{FlowRate, FluxDensity, Fraction, Length, Time};

/// `[matrix]`.
pub const MATRIX: Table = table(
    "What fills a column: soft magnetic wires or spheres in a background field, which magnetises them.",
    &[
        key(
            "collectors",
            Choice(&["wires", "spheres"], &[]),
            Required,
            "Wires across the flow, at random among each other, or spheres.",
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
            "Susceptibility (SI) of the material, not of the body; above 100 it hardly matters.",
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
            "Longitudinal dispersivity of the bed: how far its winding pores spread the residence \
             times. The default is a collector's diameter.",
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
            "Share of the cells of a species that the empty column keeps on one passage without any label.",
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
            "What to call it, and the outlet that collects what leaves, unless there is no flow or [[outlet]] divides it.",
        ),
        key("over", Quantity(&[Time], LONG), Required, "How long it lasts."),
        key(
            "rate",
            Quantity(&[FlowRate], Positive),
            Optional,
            "Volume a time; that of the flow if left out.",
        ),
        key(
            "magnets",
            Bool,
            Default("true"),
            "Whether they are on. Where they go off, surfaces let go what they hold.",
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
