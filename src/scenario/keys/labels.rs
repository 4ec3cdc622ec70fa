//! Keys of `[labels.SPECIES]` and `[beads.NAME]`.

use super::super::spec::Bounds::{Any, Positive, UpTo, Within};
use super::super::spec::Kind::{Choice, Number, Quantity, Text};
use super::super::spec::Need::{Beside, Default, Optional, Required};
use super::super::spec::{Kind, Table};
use super::{LONG, key, table};
use crate::magnets::MOST_STEADY;
use crate::units::Dimension::{
    BindingRate, Concentration, Density, FluxDensity, Fraction, Length, MagneticMobility, Time, Viscosity,
};

/// `[labels.SPECIES]`.
pub const LABEL: Table = Table {
    doc: "What a field does to a species of the sample.",
    keys: &[
        key(
            "mobility",
            Quantity(&[MagneticMobility], Any),
            Optional,
            "Measured magnetophoretic mobility: the median over the cells, negative for cells that \
             the field repels. It is the same in any field, unless `bead` or `saturation_field` says \
             how the label saturates.",
        ),
        key(
            "measured_in",
            Quantity(&[Viscosity], UpTo(0.0, 1e9)),
            Beside("mobility"),
            "Viscosity of the fluid in which it was measured. The default is that of the sample's \
             fluid.",
        ),
        key(
            "measured_at",
            Quantity(&[FluxDensity], Within(0.0, MOST_STEADY)),
            Beside("mobility"),
            "Flux density at which it was measured; 0 T means a weak field. Required if the label saturates.",
        ),
        key(
            "bead",
            Text,
            Beside("mobility"),
            "Bead whose magnetisation curve describes the saturation of the label: of the library (`buffycoat list beads`) or of [beads].",
        ),
        key(
            "saturation_field",
            Quantity(&[FluxDensity], Positive),
            Beside("mobility"),
            "Flux density at which the extended initial slope of the label's magnetisation curve reaches the saturation value. The label saturates by Langevin's law. Instead of `bead`.",
        ),
        key(
            "beads",
            Text,
            Optional,
            "Beads on the cells' surface: of the library (`buffycoat list beads`) or of [beads].",
        ),
        key(
            "mean",
            Number(1e-6, 1e7),
            Beside("beads"),
            "Mean number of beads per cell. Give this or `binding`.",
        ),
        key(
            "binding",
            Kind::Table(&BINDING),
            Beside("beads"),
            "The labelling step that their mean number follows from.",
        ),
        key(
            "susceptibility",
            Number(-1e-3, 1e-3),
            Beside("beads"),
            "Susceptibility (SI) of the cell itself minus that of the fluid. The default is 0.",
        ),
        key(
            "oxygenation",
            Quantity(&[Fraction], Within(0.0, 1.0)),
            Optional,
            "For red cells: share of the haemoglobin that carries oxygen.",
        ),
        key(
            "spread",
            Number(0.0, 10.0),
            Default("0.0"),
            "Spread over the cells. With a mobility: standard deviation of its logarithm, at most 3. \
             With beads: coefficient of variation of the number a cell can bind.",
        ),
    ],
    forms: &[&["mobility"], &["beads"], &["oxygenation"]],
};

const BINDING: Table = table(
    "The labelling step before the run, with cells and beads in one vessel. Binding is irreversible and of second order.",
    &[
        key("time", Quantity(&[Time], LONG), Required, "Incubation time."),
        key(
            "beads",
            Quantity(&[Concentration], Positive),
            Required,
            "Beads per volume.",
        ),
        key(
            "cells",
            Quantity(&[Concentration], Positive),
            Optional,
            "Cells per volume during labelling. The default is the concentration in the sample.",
        ),
        key(
            "capacity",
            Number(1e-3, 1e9),
            Required,
            "Beads that a cell can bind.",
        ),
        key(
            "rate",
            Quantity(&[BindingRate], Positive),
            Required,
            "Rate constant of one bead and one site.",
        ),
    ],
);

/// `[beads.NAME]`.
pub const BEAD: Table = table(
    "A kind of bead that the library does not have.",
    &[
        key("source", Text, Required, "Where its numbers come from."),
        key(
            "status",
            Choice(&["read", "derived", "fit", "unverified"], &[]),
            Default("\"unverified\""),
            "How well they are known.",
        ),
        key(
            "diameter",
            Quantity(&[Length], UpTo(0.0, 1000.0)),
            Required,
            "Its diameter, in the mean.",
        ),
        key(
            "diameter_cv",
            Number(0.0, 1.0),
            Default("0.0"),
            "Standard deviation of the diameters over their mean: cells with as many beads then differ in their moment.",
        ),
        key(
            "density",
            Quantity(&[Density], Within(0.1, 25.0)),
            Required,
            "Its density.",
        ),
        key(
            "susceptibility",
            Number(-10.0, 10.0),
            Required,
            "Volume susceptibility (SI) in a weak field. It must be above 0, because a bead is drawn into the field.",
        ),
        key(
            "saturation",
            Quantity(&[FluxDensity], Positive),
            Required,
            "Saturation polarisation of the bead.",
        ),
    ],
);
