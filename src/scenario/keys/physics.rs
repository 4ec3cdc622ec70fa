//! Keys of `[physics]`.

use super::super::spec::Bounds::UpTo;
use super::super::spec::Kind::{Bool, Choice, Number, Quantity};
use super::super::spec::Need::{Default, Optional};
use super::super::spec::Table;
use super::later::{self, wish};
use super::{key, table};
use crate::units::Dimension::Fraction;

/// `[physics]`.
pub const PHYSICS: Table = table(
    "Switches and parameters of the physics.",
    &[
        key(
            "suspension",
            Choice(&["dense", "dilute"], &[]),
            Default("\"dense\""),
            "Whether cells interact: mixture density, backflow, hindrance and packing.",
        ),
        key(
            "hindrance_exponent",
            Number(2.0, 20.0),
            Default("4.65"),
            "n of (1 - phi)^(n - 2), Masliyah, Lockett & Bassoon; 4.65 for spheres. Dense only.",
        ),
        key(
            "packing_limit",
            Quantity(&[Fraction], UpTo(0.0, 1.0)),
            Optional,
            "Volume fraction at which cells pack. The default is that of the species that takes up the largest \
             volume. Dense only.",
        ),
        key(
            "packing_width",
            Quantity(&[Fraction], UpTo(0.0, 0.5)),
            Default("\"5 %\""),
            "Width below the limit over which the mobility falls to zero. Dense only.",
        ),
        key(
            "rouleaux",
            Number(1.0, 1000.0),
            Optional,
            "Factor on the velocity of red cells by rouleaux. The default is the library's for the \
             medium (12 in plasma), and 1 if dilute.",
        ),
        key(
            "lateral",
            Choice(&["mixed", "resolved"], &[]),
            Default("\"mixed\""),
            "Whether motion across the vessel is followed. `resolved` needs a dilute suspension.",
        ),
        key(
            "coriolis",
            Bool,
            Default("false"),
            "Coriolis acceleration; needs lateral = \"resolved\".",
        ),
        key(
            "drag",
            Choice(&["stokes", "schiller-naumann"], &[]),
            Default("\"stokes\""),
            "Drag law. `schiller-naumann` only if dilute.",
        ),
        wish("brownian", later::BROWNIAN),
        wish("shear_diffusion", later::SHEAR),
        wish("bed", later::BED),
        wish("compressible", later::BED),
        wish("aggregation", later::KINETICS),
        wish("flow", later::THROUGH),
    ],
);
