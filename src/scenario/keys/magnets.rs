//! Keys of `[[magnet]]`.

use super::super::spec::Bounds::Positive;
use super::super::spec::Kind::{Bool, Choice, Integer, List, Quantity, Tables, Text};
use super::super::spec::Need::{Default, May, Required, When};
use super::super::spec::{Kind, Table};
use super::{LENGTH3, NUMBER3, WIDE, key, table};
use crate::units::Dimension::{FieldGradient, FluxDensity, Length, MagneticMoment};

/// Kinds that can be repeated.
const MANY: &[&str] = &["block", "cylinder", "dipole"];
/// Kinds that lie somewhere.
const PLACED: &[&str] = &["gradient", "quadrupole", "halbach", "block", "cylinder", "dipole"];
/// Kinds of permanent magnets.
const PERMANENT: &[&str] = &["halbach", "block", "cylinder"];
const SIZE: Kind = List(&Quantity(&[Length], WIDE), 3, 3);

/// `[[magnet]]`.
pub const MAGNET: Table = table(
    "A magnet.",
    &[
        key(
            "kind",
            Choice(
                &[
                    "gradient",
                    "quadrupole",
                    "halbach",
                    "block",
                    "cylinder",
                    "dipole",
                    "map",
                ],
                &[
                    ("wire", "columns with a matrix"),
                    ("sphere", "columns with a matrix"),
                ],
            ),
            Required,
            "An even gradient, ideal quadrupole poles or a Halbach cylinder around z, a block, a disc or rod, a point \
             dipole, or a field from a file.",
        ),
        key(
            "centre",
            LENGTH3,
            May("kind", PLACED),
            "Where its centre is; the origin if left out.",
        ),
        key(
            "field",
            Quantity(&[FluxDensity], Positive),
            When("kind", &["gradient"]),
            "Flux density at the centre.",
        ),
        key(
            "gradient",
            Quantity(&[FieldGradient], Positive),
            When("kind", &["gradient"]),
            "Gradient of its magnitude there.",
        ),
        key(
            "force",
            NUMBER3,
            When("kind", &["gradient"]),
            "Direction in which it pulls.",
        ),
        key(
            "field_along",
            NUMBER3,
            May("kind", &["gradient"]),
            "Direction of the field, along or across the force; across it if left out.",
        ),
        key(
            "pole_tip",
            Quantity(&[FluxDensity], Positive),
            When("kind", &["quadrupole"]),
            "Flux density at the pole tips.",
        ),
        key(
            "tip_radius",
            Quantity(&[Length], WIDE),
            When("kind", &["quadrupole"]),
            "Distance of the pole tips from the axis.",
        ),
        key(
            "order",
            Integer(1, 12),
            When("kind", &["halbach"]),
            "1 is an even field, 2 a quadrupole, 3 a sextupole.",
        ),
        key(
            "inner_radius",
            Quantity(&[Length], WIDE),
            When("kind", &["halbach"]),
            "Radius of the bore.",
        ),
        key(
            "outer_radius",
            Quantity(&[Length], WIDE),
            When("kind", &["halbach"]),
            "Outer radius of the magnet.",
        ),
        key(
            "remanence",
            Quantity(&[FluxDensity], Positive),
            When("kind", PERMANENT),
            "Remanence of the magnet.",
        ),
        key(
            "material",
            Text,
            May("kind", PERMANENT),
            "What it is made of, which bounds the remanence; NdFeB if left out.",
        ),
        key(
            "size",
            SIZE,
            When("kind", &["block"]),
            "Its sides along x, y and z.",
        ),
        key(
            "radius",
            Quantity(&[Length], WIDE),
            When("kind", &["cylinder"]),
            "Its radius.",
        ),
        key(
            "height",
            Quantity(&[Length], WIDE),
            When("kind", &["cylinder"]),
            "Its height along `magnetised`.",
        ),
        key(
            "magnetised",
            NUMBER3,
            When("kind", MANY),
            "Direction of the magnetisation, south to north; the axis of a cylinder.",
        ),
        key(
            "moment",
            Quantity(&[MagneticMoment], Positive),
            When("kind", &["dipole"]),
            "Its moment.",
        ),
        key(
            "repeat",
            Tables(&REPEAT),
            May("kind", MANY),
            "Makes a row, a sheet or a stack of it.",
        ),
        key(
            "file",
            Text,
            When("kind", &["map"]),
            "File of the field in the coordinates of the duct, relative to the scene: .csv (columns x, y, z, Bx, By, Bz \
             with their units) or .vtk (structured points, in mm and T).",
        ),
        key(
            "interpolation",
            Choice(&["cubic", "linear"], &[]),
            May("kind", &["map"]),
            "Between the points of the map; cubic if left out.",
        ),
    ],
);

const REPEAT: Table = table(
    "A direction of repetition.",
    &[
        key("step", LENGTH3, Required, "From one magnet to the next."),
        key("count", Integer(1, 10_000), Required, "How many, with the first."),
        key(
            "alternating",
            Bool,
            Default("false"),
            "Whether every second one points the other way.",
        ),
    ],
);
