//! Keys of `[[magnet]]`.

use super::super::spec::Bounds::{Any, Positive};
use super::super::spec::Kind::{Bool, Choice, Integer, List, Number, Quantity, Tables, Text};
use super::super::spec::Need::{Default, May, Required, When};
use super::super::spec::{Kind, Table};
use super::grid::{
    ARRAY, AXES, AXES3, COLUMN_NAMES, COLUMNS, DECIMAL, DECIMALS, LENGTH_UNIT, SYMMETRIES, SYMMETRY,
};
use super::{LENGTH3, NUMBER3, WIDE, key, table};
use crate::units::Dimension::{FieldGradient, FluxDensity, Length, MagneticMoment};

/// Kinds that can be repeated.
const MANY: &[&str] = &["block", "cylinder", "ring", "dipole", "wire", "sphere"];
/// Kinds with poles of their own.
const POLED: &[&str] = &["block", "cylinder", "ring", "dipole"];
/// Kinds that lie somewhere.
const PLACED: &[&str] = &[
    "gradient",
    "quadrupole",
    "halbach",
    "block",
    "cylinder",
    "ring",
    "dipole",
    "wire",
    "sphere",
    "map",
];
/// Kinds that are made of something.
const MADE: &[&str] = &[
    "gradient",
    "quadrupole",
    "halbach",
    "block",
    "cylinder",
    "ring",
    "dipole",
    "wire",
    "sphere",
    "map",
];
/// Kinds of permanent magnets.
const PERMANENT: &[&str] = &["halbach", "block", "cylinder", "ring"];
/// Kinds that are magnetised by a background.
const SOFT: &[&str] = &["wire", "sphere"];
/// Kinds about an axis with a hole along it.
const HOLLOW: &[&str] = &["halbach", "ring"];
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
                    "ring",
                    "dipole",
                    "wire",
                    "sphere",
                    "map",
                ],
                &[],
            ),
            Required,
            "A uniform gradient; ideal quadrupole poles or a Halbach cylinder around z; a block; a disc \
             or rod; a ring magnetised along its axis; a dipole; a long soft wire or a soft sphere in \
             a background field; or a field from a file.",
        ),
        key(
            "centre",
            LENGTH3,
            May("kind", PLACED),
            "Position of its centre, or of the origin of a map file. The default is the origin of the duct.",
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
            "Direction of the field: along the force, or across it (the default).",
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
            "1 is a uniform field, 2 a quadrupole, 3 a sextupole.",
        ),
        key(
            "inner_radius",
            Quantity(&[Length], WIDE),
            When("kind", HOLLOW),
            "Radius of the bore.",
        ),
        key(
            "outer_radius",
            Quantity(&[Length], WIDE),
            When("kind", HOLLOW),
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
            May("kind", MADE),
            "Material of the magnet or its poles. Values beyond its known remanence, field or moment give a warning. One of \
             NdFeB (the default for magnets), SmCo, ferrite, AlNiCo, iron (the default for poles, \
             gradients, wires and spheres), cobalt iron, nickel, stainless steel 430, superconductor.",
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
            When("kind", &["cylinder", "wire", "sphere"]),
            "Its radius.",
        ),
        key(
            "height",
            Quantity(&[Length], WIDE),
            When("kind", &["cylinder", "ring"]),
            "Its height along `magnetised`.",
        ),
        key(
            "magnetised",
            NUMBER3,
            When("kind", POLED),
            "Direction of the magnetisation, south to north; the axis of a cylinder or ring.",
        ),
        key(
            "moment",
            Quantity(&[MagneticMoment], Positive),
            When("kind", &["dipole"]),
            "Its moment.",
        ),
        key(
            "ball_radius",
            Quantity(&[Length], WIDE),
            May("kind", &["dipole"]),
            "Radius of the ball that has this moment. The material limits the moment. Without this key the dipole is a point.",
        ),
        key(
            "background",
            List(&Quantity(&[FluxDensity], Any), 3, 3),
            When("kind", SOFT),
            "Uniform field that magnetises it. It must be the same for all wires and spheres of a scene, and is added only once.",
        ),
        key(
            "along",
            NUMBER3,
            When("kind", &["wire"]),
            "Direction of the wire, perpendicular to the background. The wire is infinitely long.",
        ),
        key(
            "susceptibility",
            Number(1e-6, 1e7),
            When("kind", SOFT),
            "Susceptibility (SI) of the material, not of the body.",
        ),
        key(
            "saturation",
            Quantity(&[FluxDensity], Positive),
            May("kind", SOFT),
            "Polarisation at which it saturates. The default is the largest of the material.",
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
            "File of the field in the coordinates of the duct, relative to the scene: a table with columns x, y, z, Bx, By, Bz as other tools \
             write it (COMSOL, CST, ParaView, spreadsheets), VTK (.vtk, .vti, .vtr, .vts, .vtu) or NumPy's .npy. `check` says what it was taken for.",
        ),
        key("length_unit", Text, May("kind", &["map"]), LENGTH_UNIT),
        key(
            "flux_unit",
            Text,
            May("kind", &["map"]),
            "Unit of the flux densities in a file that names none, e.g. \"T\".",
        ),
        key("columns", COLUMN_NAMES, May("kind", &["map"]), COLUMNS),
        key("array", Text, May("kind", &["map"]), ARRAY),
        key("decimal", DECIMALS, May("kind", &["map"]), DECIMAL),
        key("symmetry", SYMMETRIES, May("kind", &["map"]), SYMMETRY),
        key("axes", AXES3, May("kind", &["map"]), AXES),
        key(
            "interpolation",
            Choice(&["cubic", "linear"], &[]),
            May("kind", &["map"]),
            "Interpolation between the points of the map. The default is cubic.",
        ),
    ],
);

const REPEAT: Table = table(
    "A direction of repetition.",
    &[
        key("step", LENGTH3, Required, "Vector from one magnet to the next."),
        key(
            "count",
            Integer(1, 10_000),
            Required,
            "Number of magnets, including the first.",
        ),
        key(
            "alternating",
            Bool,
            Default("false"),
            "Whether every second magnet is reversed.",
        ),
    ],
);
