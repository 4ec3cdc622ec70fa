//! Keys of `[channel]`, its ports and its phases.

use super::super::spec::Bounds::{NotNegative, Positive, Within};
use super::super::spec::Kind::{Integer, List, Map, Number, Quantity, Tables, Text};
use super::super::spec::Need::{Beside, Default, Optional, Required};
use super::super::spec::Table;
use super::{LONG, WIDE, key, table};
use crate::units::Dimension::{CentrifugalForce, FlowRate, Length, RotorSpeed, Time};

/// `[channel]`.
pub const CHANNEL: Table = table(
    "The separation channel of a continuous-flow centrifuge: a ring, or a part of one, around the rotor's axis. Blood flows in at one end, settles \
     outwards, and leaves in layers by ports. It is full of the sample's fluid at the start.",
    &[
        key(
            "radius",
            Quantity(&[Length], WIDE),
            Required,
            "Distance of the inner wall from the rotor's axis.",
        ),
        key(
            "length",
            Quantity(&[Length], WIDE),
            Required,
            "Length along the flow, at half depth.",
        ),
        key(
            "depth",
            Quantity(&[Length], WIDE),
            Required,
            "Depth of the liquid, from the inner wall outwards.",
        ),
        key(
            "width",
            Quantity(&[Length], WIDE),
            Required,
            "Width along the rotor's axis.",
        ),
        key(
            "inlet_length",
            Quantity(&[Length], WIDE),
            Default("\"20 mm\""),
            "Length from the beginning of the channel over which blood comes in.",
        ),
        key(
            "inlet_spread",
            Quantity(&[Length], WIDE),
            Default("\"0.5 mm\""),
            "How far blood spreads above and below the depth at which the channel is as dense as it is.",
        ),
        key("port", Tables(&PORT), Required, "Where layers leave."),
        key(
            "sensor",
            Text,
            Required,
            "Name of the port at which the interface is looked for: it is the mean over the length of that port.",
        ),
        key(
            "phase",
            Tables(&PHASE),
            Required,
            "What rotor and pumps do, in order.",
        ),
        key(
            "mixing_length",
            Quantity(&[Length], WIDE),
            Default("\"25 um\""),
            "Length over which pump strokes and rouleaux mix the interface: an assumed number, which results depend on. Cells disperse along their \
             slip v with this length times v. At least half a level.",
        ),
        key(
            "bed_viscosity",
            Number(0.5, 2.0),
            Default("1.0"),
            "Factor on the exponent of the viscosity of crowded cells. Of beds above a haematocrit of 70 % no measurements could be read.",
        ),
        key(
            "grid",
            List(&Integer(1, 512), 2, 2),
            Default("[24, 144]"),
            "Columns along the channel, up to 128, and levels across it, 4 to 512. With 24 and 144 the share of lymphocytes that is collected is within \
             5 points of that on finer grids; monocytes and neutrophils depend on it more.",
        ),
        key(
            "solve_every",
            Quantity(&[Time], Within(1e3, 1e6)),
            Default("\"0.2 s\""),
            "Time between two solutions of the flow along the channel.",
        ),
    ],
);

/// `[[channel.port]]`.
const PORT: Table = table(
    "A port of the channel.",
    &[
        key("name", Text, Required, "What to call it."),
        key(
            "at",
            Quantity(&[Length], NotNegative),
            Required,
            "Its middle, along the channel from where blood comes in.",
        ),
        key(
            "length",
            Quantity(&[Length], WIDE),
            Default("\"40 mm\""),
            "Its length along the channel. One that reaches beyond the end of the channel ends there.",
        ),
        key(
            "depth",
            List(&Quantity(&[Length], NotNegative), 2, 2),
            Required,
            "From which depth to which it draws, from the inner wall outwards.",
        ),
    ],
);

/// `[[channel.phase]]`.
const PHASE: Table = table(
    "A part of the procedure: rotor and pumps keep their rates.",
    &[
        key("name", Text, Required, "What to call it."),
        key("over", Quantity(&[Time], LONG), Required, "How long it takes."),
        key(
            "speed",
            Quantity(&[RotorSpeed, CentrifugalForce], Positive),
            Required,
            "Speed of the rotor: rpm, rad/s, or x g at half depth.",
        ),
        key(
            "inlet",
            Quantity(&[FlowRate], NotNegative),
            Required,
            "How much comes in: blood with its anticoagulant.",
        ),
        key(
            "draw",
            Map(&Quantity(&[FlowRate], NotNegative)),
            Required,
            "How much the pump of each port draws, e.g. { collect = \"1 mL/min\" }. One port is left out: it takes the rest.",
        ),
        key(
            "interface",
            Quantity(&[Length], Positive),
            Optional,
            "Depth at which the interface is held. Without it, pumps keep their rates.",
        ),
        key(
            "held_by",
            Text,
            Beside("interface"),
            "Name of the port whose pump holds the interface, against the port that takes the rest: usually that of the red cells.",
        ),
        key(
            "time_constant",
            Quantity(&[Time], LONG),
            Beside("interface"),
            "Time constant of the controller that holds the interface. The default is 60 s.",
        ),
    ],
);
