//! One cell of a running simulation: what it is, where it goes, and what drives it there.

use super::live::Live;
use super::{Backend, Parcel, Readings, Setup, Suspension, felt};
use crate::kernels::passage::FREE;
use crate::kernels::{Environment, Step, advance_dense, advance_dilute};
use crate::laws::saturation::saturation;
use crate::{Error, fixed};
use glam::DVec3;
use std::f64::consts::PI;

/// One pg um/us2 [pN].
const PICONEWTON: f64 = 1e3;

/// How far ahead a velocity is asked for [us]: shorter than anything changes.
const MOMENT: f64 = 1.0;

/// Forces on a cell, in the frame of the vessel [pN].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forces {
    /// Its mass times the acceleration there, gravity and centrifugal.
    pub weight: DVec3,
    /// Against it, that of the fluid or, among many cells, of the mixture that it displaces.
    pub buoyancy: DVec3,
    /// Of the magnets on the cell and its label; none where there are no magnets, or they are the wires or spheres of a matrix,
    /// whose field is not followed from cell to cell.
    pub magnetic: Option<DVec3>,
    /// Of the fluid, where the cell goes: cells have no inertia, so it holds the others in balance. In a bed it is that of the
    /// cells below, too; of a cell that a surface holds, the surface's.
    pub drag: DVec3,
}

/// A cell, as a person would ask for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Number of its parcel.
    pub parcel: usize,
    /// Component of the run.
    pub component: usize,
    /// Diameter, with what it carries [um].
    pub diameter: f64,
    /// Density, with what it carries [g/mL].
    pub density: f64,
    /// Where it is [um].
    pub place: DVec3,
    /// Velocity [um/us, that is m/s].
    pub velocity: DVec3,
    /// Forces.
    pub forces: Forces,
    /// Volume fraction of all cells around it; none where every cell is alone.
    pub fraction: Option<f64>,
    /// Fate, as `kernels::passage` numbers them; on its way in a vessel.
    pub fate: u32,
}

impl Live {
    /// One cell at this moment.
    ///
    /// # Errors
    /// [`Error::Input`] for a parcel that there is not, [`Error::Device`] when the back-end fails.
    pub fn cell(&self, backend: &mut dyn Backend, parcel: usize) -> Result<Cell, Error> {
        let p = backend.parcel(parcel)?;
        let step = self.still();
        if self.setup.carries() {
            return Ok(in_duct(&self.setup, &step, (parcel, p)));
        }
        in_vessel(&self.setup, step.time, self.unit, backend, (parcel, p))
    }
}

/// What a parcel's numbers say of its cell: diameter [um], volume [um3], density [g/mL].
fn size(p: &Parcel, drag_factor: f64, aggregation: f64, fluid: f64) -> (f64, f64, f64) {
    let diameter = (18.0 * drag_factor * f64::from(p.mobility) / aggregation).sqrt();
    (diameter, PI / 6.0 * diameter.powi(3), fluid + f64::from(p.excess))
}

fn in_vessel(
    setup: &Setup,
    time: f64,
    unit: [f64; 4],
    backend: &mut dyn Backend,
    (parcel, p): (usize, Parcel),
) -> Result<Cell, Error> {
    let component = setup
        .components
        .get(p.kind as usize)
        .ok_or_else(|| Error::Internal(format!("parcel {parcel} is of a component that there is not")))?;
    let (diameter, volume, density) = size(
        &p,
        component.species.drag_factor,
        component.aggregation,
        setup.fluid.density,
    );
    let env = Environment::new(setup, unit);
    let step = Step {
        acceleration: felt(setup, time, MOMENT),
        dt: MOMENT,
        time,
        ..Step::still()
    };
    let (m0, e) = (f64::from(p.mobility), f64::from(p.excess));
    let place = env.origin + env.size * DVec3::from_array(p.position.map(fixed::to_cells));
    let (velocity, fraction, mixture) = match setup.physics.suspension {
        Suspension::Dilute => (
            advance_dilute::displacement(place, m0, e, &env, &step) / MOMENT,
            None,
            0.0,
        ),
        Suspension::Dense => {
            let fields = backend.fields()?;
            let [x, y, z] = p.position.map(|k| fixed::cell(k) as usize);
            let [nx, ny, _] = env.cells.map(|n| n as usize);
            let here = fields
                .get((z * ny + y) * nx + x)
                .copied()
                .ok_or_else(|| Error::Internal(format!("parcel {parcel} is in no grid cell")))?;
            let velocity = advance_dense::velocity(p.position, (m0, e), &env, &step, &fields);
            (velocity, Some(here.fraction), here.mixture)
        }
    };
    let a = step.acceleration.at(place);
    let weight = PICONEWTON * volume * density * a;
    let buoyancy = -PICONEWTON * volume * (setup.fluid.density + mixture) * a;
    Ok(Cell {
        parcel,
        component: p.kind as usize,
        diameter,
        density,
        place,
        velocity,
        forces: Forces {
            weight,
            buoyancy,
            magnetic: None,
            drag: -(weight + buoyancy),
        },
        fraction,
        fate: FREE,
    })
}

fn in_duct(s: &Setup, step: &Step, (parcel, p): (usize, Parcel)) -> Cell {
    let component = s.components.get(p.kind as usize);
    let (factor, aggregation) = component.map_or((1.0, 1.0), |c| (c.species.drag_factor, c.aggregation));
    let (diameter, volume, density) = size(&p, factor, aggregation, s.fluid.density);
    let grid = s.grid();
    let place = DVec3::from_array(std::array::from_fn(|k| {
        grid.position(k, fixed::to_cells(p.position[k]))
    }));
    let g = step.acceleration.at(place);
    // velocity over force
    let ease = f64::from(p.mobility) / (s.fluid.viscosity * volume);
    let carried = p.carried;
    let fate = carried.map_or(FREE, |c| c.fate);
    let weight = PICONEWTON * volume * density * g;
    let buoyancy = -PICONEWTON * volume * s.fluid.density * g;
    let pulled = s.field.as_ref().filter(|_| step.magnets).zip(carried);
    // none where the field is not known, which is in a magnet and no place of a cell
    let magnetic = pulled.and_then(|(field, c)| {
        let point = field.at(place).ok()?;
        let [weak, per_field] = c.magnetic.map(f64::from);
        let drift = point.force_density() * (weak * saturation(point.magnitude() * per_field));
        Some(PICONEWTON * drift / ease)
    });
    let others = weight + buoyancy + magnetic.unwrap_or(DVec3::ZERO);
    let flow = s.flow().map_or(DVec3::ZERO, |f| {
        let per_fluid = s.matrix.as_ref().map_or(1.0, |m| 1.0 / m.porosity);
        step.flow * per_fluid * f.at(place)
    });
    let velocity = if fate == FREE {
        others * (ease / PICONEWTON) + flow
    } else {
        DVec3::ZERO
    };
    Cell {
        parcel,
        component: p.kind as usize,
        diameter,
        density,
        place,
        velocity,
        forces: Forces {
            weight,
            buoyancy,
            magnetic,
            drag: -others,
        },
        fraction: None,
        fate,
    }
}

#[cfg(test)]
#[path = "cell_tests.rs"]
mod tests;
