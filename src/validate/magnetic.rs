//! What the magnetic cases share: cells that feel nothing but the field and the flow.

use super::lab::{cell, trace_of};
use crate::chamber::duct::{Duct, Section};
use crate::engine::{Outcome, Setup, Stepping};
use crate::magnets::Field;
use crate::model::Parcels;
use crate::model::{Component, Fluid, MagneticResponse, Protocol, Rotor};
use crate::times::Time;
use glam::{DVec2, DVec3};

/// The cases are about points, which come as near to a wall as they like; their mobility is given and does not depend on this
/// diameter [um].
const POINT: f64 = 1e-3;

/// A separator with cells of this mobility [um3 us/pg] alone in a fluid as dense as they are; closed, and filled with them.
pub(super) fn filled(section: Section, length: f64, field: Field, mobility: f64, parcels: usize) -> Setup {
    let density = 1.0;
    let fluid = Fluid {
        density,
        viscosity: 1.0,
    };
    Setup {
        seed: 7,
        components: vec![Component {
            response: MagneticResponse::Mobility {
                median: mobility,
                spread: 0.0,
                per_field: 0.0,
            },
            ..trace_of(cell("cell", POINT, density), parcels)
        }],
        cells: [64, 64, 16],
        rotor: Rotor::lying(DVec3::ZERO),
        protocol: Protocol::steady(Time::ZERO, 0.0),
        field: Some(field),
        stepping: FINE,
        ..Setup::carried(Duct { section, length }, fluid)
    }
}

/// Steps finer than a scene's.
const FINE: Stepping = Stepping {
    courant: 0.25,
    longest: f64::INFINITY,
};

/// Where a parcel was and is across the duct [um].
pub(super) struct Way {
    pub(super) from: DVec2,
    pub(super) to: DVec2,
}

/// The ways of all parcels.
pub(super) fn ways(s: &Setup, charge: &Parcels, end: &Outcome) -> Vec<Way> {
    let grid = s.grid();
    let [x0, y0, _] = &charge.position;
    let [x1, y1, _] = &end.snapshot.position;
    let place = |axis: usize, p: u64| grid.position(axis, crate::fixed::to_cells(p));
    (0..charge.len())
        .map(|i| Way {
            from: DVec2::new(place(0, x0[i]), place(1, y0[i])),
            to: DVec2::new(f64::from(x1[i]), f64::from(y1[i])),
        })
        .collect()
}

pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), x| (sum + x, n + 1.0));
    sum / n
}
