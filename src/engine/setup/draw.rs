//! From "2000 lymphocytes per microlitre, twelve beads each" to parcels that fill a vessel or enter a duct.
//!
//! A parcel moves like one cell and stands for many. Starts are quiet: along the vessel, or in time, each species is stratified, and
//! sizes, densities, labels and the other coordinates follow low-discrepancy sequences, shifted by the seed of the scene.

use super::{CARRIED_BYTES_PER_PARCEL, Setup};
use crate::flow::{Feed, Flow};
use crate::magnets::{Carrier, Labelled};
use crate::memory::{self, Need};
use crate::model::{
    Amount, Component, MAX_PARCELS, MagneticResponse, Moments, Parcels, PopulationError, check_component,
    draw_cell,
};
use crate::{Error, fixed, rng};
use statrs::distribution::{ContinuousCDF, Normal};
use std::f64::consts::PI;

impl Setup {
    /// Draws the parcels of all components.
    ///
    /// # Errors
    /// [`Error::Input`] for a setup or cells that cannot be, [`Error::Device`] if the memory does not suffice.
    pub fn draw(&self) -> Result<Parcels, Error> {
        self.has_parcels()?;
        let carries = self.carries();
        if !carries {
            self.check_grid()?;
        }
        let grid = self.grid();
        let volume = self.chamber.volume();
        if carries {
            self.check_carried()?;
        } else if grid.is_empty() || !(volume > 0.0 && volume.is_finite()) {
            return Err(PopulationError::NoRoom.into());
        }
        let all: u128 = self.components.iter().map(|c| c.parcels as u128).sum();
        if all > MAX_PARCELS as u128 {
            return Err(PopulationError::TooMany(all).into());
        }
        // all room at once: a vector that grows by doubling takes up to three times what it holds
        let all = all as usize;
        let need = Need {
            parcels: all as u64,
            per_parcel: if carries {
                CARRIED_BYTES_PER_PARCEL + 4
            } else {
                memory::DRAWN_BYTES_PER_PARCEL + memory::DRAFT_BYTES_PER_PARCEL
            },
            fixed: 0,
            held: 0,
        };
        need.check(memory::available())?;
        let [settling, carried] = if carries { [0, all] } else { [all, 0] };
        let mut out = Parcels {
            position: [memory::room(all)?, memory::room(all)?, memory::room(all)?],
            mobility: memory::room(all)?,
            excess: memory::room(all)?,
            kind: memory::room(all)?,
            magnetic: memory::room(carried)?,
            enter: memory::room(carried)?,
            beads: memory::room(carried)?,
            depth: memory::room(carried)?,
            ..Parcels::default()
        };
        let mut moments = Moments::with_room(settling)?;
        let flow = self.flow();
        for (k, c) in self.components.iter().enumerate() {
            check_component(c)?;
            let first = moments.len();
            let shift = rng::unit_vector(self.seed, k as u64);
            let label_shift = rng::unit_vector(self.seed, 1000 + k as u64);
            let mut volume = 0.0;
            for i in 0..c.parcels {
                let u = rng::roberts4(i as u64, shift);
                // evenly over the ranks, one of which only counts
                let along = (i as f64 + 0.25 + 0.5 * shift[3]) / c.parcels as f64;
                // the fractions of the golden section and of the roots of two and three: independent of the four of the sequence and of
                // each other
                let [rank, sizes, deep] = [
                    label_shift[0] + i as f64 * 0.618_033_988_749_894_9,
                    label_shift[1] + i as f64 * std::f64::consts::SQRT_2,
                    label_shift[2] + i as f64 * 1.732_050_807_568_877_2,
                ]
                .map(f64::fract);
                let cell = cell(c, self, [u[0], u[1]], [rank, sizes])?;
                let (place, enter) = self.start(c, &cell, flow.as_ref(), along, [u[2], u[3]])?;
                for (axis, column) in out.position.iter_mut().enumerate() {
                    column.push(fixed::from_cells(
                        grid.coordinate(axis, place[axis]),
                        grid.cells[axis],
                    ));
                }
                let (mobility, excess) = (cell.mobility as f32, (cell.density - self.fluid.density) as f32);
                volume += cell.volume;
                out.mobility.push(mobility);
                out.excess.push(excess);
                out.kind.push(k as u32);
                if carries {
                    out.magnetic.push(cell.magnetic.map(|x| x as f32));
                    out.depth
                        .push((-(1.0 - deep).ln()).max(f64::from(f32::MIN_POSITIVE)) as f32);
                    out.beads.push(cell.beads);
                    out.enter.push(enter as f32);
                } else {
                    moments.push(cell.volume, f64::from(mobility), f64::from(excess));
                }
            }
            let weight = match c.amount {
                Amount::VolumeFraction(phi) => phi * self.sample_of(c) / volume,
                Amount::Concentration(x) => x * self.sample_of(c) / c.parcels as f64,
            };
            moments.weigh(first, weight);
            out.weight.push(weight);
            out.volume.push(weight * volume);
        }
        (out.moments, out.moment_unit) = moments.rounded()?;
        Ok(out)
    }

    /// Where a cell starts [um], and when [us].
    fn start(
        &self,
        c: &Component,
        cell: &Cell,
        flow: Option<&Flow>,
        along: f64,
        across: [f64; 2],
    ) -> Result<([f64; 3], f64), Error> {
        let [u, v] = across;
        let (mut q, enter) = match (self.ports.feed, self.inlet(c), flow) {
            (Feed::Inlets { over }, Some(inlet), Some(flow)) => {
                let strip = flow.inlet.strip(inlet.share[0] + u * inlet.width());
                let [x, y] = flow.inlet.place(strip, v);
                ([x, y, 0.0], self.enters(along * over))
            }
            _ => (self.chamber.place(along, u, v), 0.0),
        };
        if self.carries() {
            let radius = 0.5 * (18.0 * cell.mobility).sqrt();
            [q[0], q[1]] = self
                .duct()
                .section
                .keep_off([q[0], q[1]], radius)
                .ok_or_else(|| {
                    Error::Input(format!(
                        "{}: a cell of {:.1} um does not fit between the walls of the duct",
                        c.species.name,
                        2.0 * radius
                    ))
                })?;
        }
        Ok((q, enter))
    }
}

/// A cell with what it carries.
struct Cell {
    /// Of the cell alone [um3].
    volume: f64,
    mobility: f64,
    density: f64,
    magnetic: [f64; 2],
    beads: u32,
}

/// The cell of ranks `u` (0..1) among the sizes and densities of its species, and of `rank` among the labels and `sizes` among
/// the sizes of as many beads.
fn cell(c: &Component, s: &Setup, u: [f64; 2], [rank, sizes]: [f64; 2]) -> Result<Cell, Error> {
    let species = &c.species;
    let (diameter, density) = draw_cell(species, u[0], u[1]);
    // cut where the sizes are
    let score = |rank: f64| {
        let normal = Normal::standard();
        let lowest = normal.cdf(-3.0);
        normal.inverse_cdf(lowest + rank * (1.0 - 2.0 * lowest))
    };
    let mut cell = Cell {
        volume: PI / 6.0 * diameter.powi(3),
        mobility: diameter * diameter / (18.0 * species.drag_factor) * c.aggregation,
        density,
        magnetic: [0.0; 2],
        beads: 0,
    };
    match c.response {
        MagneticResponse::None => {}
        MagneticResponse::Mobility {
            median,
            spread,
            per_field,
        } => {
            cell.magnetic = [median * (spread * score(rank)).exp(), per_field];
        }
        MagneticResponse::Beads {
            bead,
            loading,
            susceptibility,
        } => {
            let most = Labelled::most_beads(diameter, bead.diameter);
            cell.beads = f64::from(loading.draw(rank)).min(most) as u32;
            let carrier = Carrier {
                diameter,
                density,
                drag_factor: species.drag_factor,
                susceptibility,
            };
            let number = f64::from(cell.beads);
            let both =
                Labelled::new(carrier, bead, number)?.with_beads_of(bead.volume_of(number, score(sizes)))?;
            let d = both.diameter();
            cell.mobility = d * d / (18.0 * species.drag_factor) * c.aggregation;
            cell.density = both.density();
            // the cell's own part saturates with the beads here; it is a fiftieth of theirs at most, else it was refused
            cell.magnetic = [
                both.mobility(0.0, s.fluid.viscosity),
                if cell.beads > 0 {
                    c.response.per_field()
                } else {
                    0.0
                },
            ];
        }
        // V chi / (3 pi mu d f) of a sphere
        MagneticResponse::FreeBead { curve } => {
            let weak = diameter * diameter * curve.susceptibility()
                / (18.0 * species.drag_factor * s.fluid.viscosity);
            cell.magnetic = [weak, c.response.per_field()];
        }
    }
    if !(diameter > 0.0 && cell.density > 0.0) {
        return Err(Error::Input(format!(
            "{}: its spread of sizes or densities reaches zero",
            species.name
        )));
    }
    Ok(cell)
}
