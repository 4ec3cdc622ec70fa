//! From "2000 lymphocytes per microlitre, twelve beads each" to parcels that enter a duct.
//!
//! As in [`Parcels`](crate::model::Parcels), a parcel moves like one cell and stands for many, and starts are quiet: ranks
//! follow low-discrepancy sequences.

use super::separator::{Attraction, Charged, Feed, Separator};
use crate::magnets::{Carrier, Labelled};
use crate::memory::{self, Need};
use crate::model::{Amount, MAX_PARCELS, draw_cell};
use crate::{Error, fixed, rng};
use statrs::distribution::{ContinuousCDF, Normal};
use std::f64::consts::PI;

/// Bytes of a parcel as drawn, and again in a back-end: positions 24, mobility, excess density, kind, fate 16, magnetic 8,
/// clock 8, depth 4.
pub const CARRIED_BYTES_PER_PARCEL: u64 = 24 + 16 + 8 + 8 + 4;

/// Parcels for a separator, one entry each in every vector, component after component.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Charge {
    /// Positions along x, y, z: grid cell index and 2^-32 fractions of a cell.
    pub position: [Vec<u64>; 3],
    /// Mobility times viscosity over volume, d^2/(18 f) times the aggregation factor [um2].
    pub mobility: Vec<f32>,
    /// Density less that of the fluid [g/mL].
    pub excess: Vec<f32>,
    /// Magnetic mobility in a weak field [um3 us/pg]; one over the field at which it saturates [1/T].
    pub magnetic: Vec<[f32; 2]>,
    /// When it enters [us].
    pub enter: Vec<f32>,
    /// Beads on the cell; empty if no component has any.
    pub beads: Vec<u32>,
    /// How deep it comes into a matrix until it is caught, in mean ways: exponentially distributed.
    pub depth: Vec<f32>,
    /// Component.
    pub kind: Vec<u32>,
    /// Real cells per parcel, for each component.
    pub weight: Vec<f64>,
}

impl Charge {
    /// Number of parcels.
    pub fn len(&self) -> usize {
        self.kind.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.kind.is_empty()
    }

    /// Draws the parcels of a separator.
    ///
    /// # Errors
    /// [`Error::Input`] for a separator or cells that cannot be, [`Error::Device`] if the memory does not suffice.
    pub fn draw(s: &Separator) -> Result<Self, Error> {
        s.check()?;
        let all = s.parcels();
        if all > MAX_PARCELS {
            return Err(Error::Input(format!(
                "{all} parcels are too many; at most {MAX_PARCELS}"
            )));
        }
        let need = Need {
            parcels: all as u64,
            per_parcel: CARRIED_BYTES_PER_PARCEL + 4,
            fixed: 0,
            held: 0,
        };
        need.check(memory::available())?;
        let mut out = Self {
            position: [memory::room(all)?, memory::room(all)?, memory::room(all)?],
            mobility: memory::room(all)?,
            excess: memory::room(all)?,
            magnetic: memory::room(all)?,
            enter: memory::room(all)?,
            beads: memory::room(all)?,
            depth: memory::room(all)?,
            kind: memory::room(all)?,
            weight: Vec::new(),
        };
        let (grid, flow) = (s.grid(), s.flow());
        for (k, c) in s.components.iter().enumerate() {
            let n = c.component.parcels;
            if n == 0 {
                return Err(Error::Input(format!(
                    "{}: no parcels to carry it; give it at least one or leave it out",
                    c.component.species.name
                )));
            }
            let shift = rng::unit_vector(s.seed, k as u64);
            let label_shift = rng::unit_vector(s.seed, 1000 + k as u64);
            let mut volume = 0.0;
            for i in 0..n {
                let u = rng::roberts4(i as u64, shift);
                // evenly over the ranks, one of which only counts
                let along = (i as f64 + 0.25 + 0.5 * shift[3]) / n as f64;
                // the golden section: independent of the four of the sequence
                let rank = (label_shift[0] + i as f64 * 0.618_033_988_749_894_9).fract();
                // the square root of two: independent of both
                let sizes = (label_shift[1] + i as f64 * std::f64::consts::SQRT_2).fract();
                let cell = labelled(c, s, [u[0], u[1]], [rank, sizes])?;
                let radius = 0.5 * (18.0 * cell.mobility).sqrt();
                let (mut q, enter) = match (s.feed, s.inlet(c), &flow) {
                    (Feed::Inlets { over }, Some(inlet), Some(flow)) => {
                        let strip = flow.inlet.strip(inlet.share[0] + u[2] * inlet.width());
                        let [x, y] = flow.inlet.place(strip, u[3]);
                        ([x, y, 0.0], s.enters(along * over))
                    }
                    _ => (s.duct.place(along, u[2], u[3]), 0.0),
                };
                [q[0], q[1]] = s.duct.section.keep_off([q[0], q[1]], radius).ok_or_else(|| {
                    Error::Input(format!(
                        "{}: a cell of {:.1} um does not fit between the walls of the duct",
                        c.component.species.name,
                        2.0 * radius
                    ))
                })?;
                for (axis, column) in out.position.iter_mut().enumerate() {
                    column.push(fixed::from_cells(
                        grid.coordinate(axis, q[axis]),
                        grid.cells[axis],
                    ));
                }
                volume += cell.volume;
                out.mobility.push(cell.mobility as f32);
                out.excess.push((cell.density - s.fluid.density) as f32);
                out.magnetic.push(cell.magnetic.map(|x| x as f32));
                // the fractions of the root of three, independent of the other sequences
                let deep = (label_shift[2] + i as f64 * 1.732_050_807_568_877_2).fract();
                out.depth
                    .push((-(1.0 - deep).ln()).max(f64::from(f32::MIN_POSITIVE)) as f32);
                out.beads.push(cell.beads);
                out.enter.push(enter as f32);
                out.kind.push(k as u32);
            }
            out.weight.push(match c.component.amount {
                Amount::VolumeFraction(phi) => phi * s.sample_of(c) / volume,
                Amount::Concentration(x) => x * s.sample_of(c) / n as f64,
            });
        }
        Ok(out)
    }

    /// Parcels of each component.
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.weight.len()];
        for k in &self.kind {
            counts[*k as usize] += 1;
        }
        counts
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
fn labelled(c: &Charged, s: &Separator, u: [f64; 2], [rank, sizes]: [f64; 2]) -> Result<Cell, Error> {
    let species = &c.component.species;
    let (diameter, density) = draw_cell(species, u[0], u[1]);
    // cut where the sizes are
    let score = |rank: f64| {
        let normal = Normal::standard();
        let lowest = normal.cdf(-3.0);
        normal.inverse_cdf(lowest + rank * (1.0 - 2.0 * lowest))
    };
    let mut cell = Cell {
        volume: PI / 6.0 * diameter.powi(3),
        mobility: diameter * diameter / (18.0 * species.drag_factor) * c.component.aggregation,
        density,
        magnetic: [0.0; 2],
        beads: 0,
    };
    match c.attraction {
        Attraction::None => {}
        Attraction::Mobility {
            median,
            spread,
            per_field,
        } => {
            cell.magnetic = [median * (spread * score(rank)).exp(), per_field];
        }
        Attraction::Beads {
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
            cell.mobility = d * d / (18.0 * species.drag_factor) * c.component.aggregation;
            cell.density = both.density();
            // the cell's own part saturates with the beads here; it is a fiftieth of theirs at most, else it was refused
            cell.magnetic = [
                both.mobility(0.0, s.fluid.viscosity),
                if cell.beads > 0 {
                    c.attraction.per_field()
                } else {
                    0.0
                },
            ];
        }
        // V chi / (3 pi mu d f) of a sphere
        Attraction::FreeBead { curve } => {
            let weak = diameter * diameter * curve.susceptibility()
                / (18.0 * species.drag_factor * s.fluid.viscosity);
            cell.magnetic = [weak, c.attraction.per_field()];
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
