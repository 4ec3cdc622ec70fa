//! What follows from a scene before it is run: forces, velocities, diffusion, parcels, steps, memory, time.
//!
//! Velocities are those of the mean cell of each species (no spread). "Single cell" is Stokes' law in the clear
//! fluid; "in the mixture" is Masliyah, Lockett & Bassoon's velocity in the laboratory frame at the start:
//! slip = (1-phi)^(n-2) (rho_i - rho_mix) a d^2/(18 f mu) A, v = slip - sum phi slip.

mod steps;
mod table;

use crate::constants::{BOLTZMANN, ICE_POINT, STANDARD_GRAVITY};
use crate::engine::{Setup, Suspension, sample_times};
use crate::memory::DEVICE_BYTES_PER_PARCEL;
use crate::model::Makeup;
use std::f64::consts::PI;

/// Bytes of a row of `profile.csv` that say when and where, and that say of one species how much; as in the bundled
/// scenes.
const PLACE_BYTES: u64 = 35;
const SPECIES_BYTES: u64 = 13;

/// What follows for one species.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeciesForecast {
    /// Its name.
    pub name: String,
    /// Parcels that carry it.
    pub parcels: usize,
    /// Real cells that one parcel stands for.
    pub weight: f64,
    /// Volume of cells per volume of sample.
    pub fraction: f64,
    /// Factor on the mobility by aggregation.
    pub aggregation: f64,
    /// Sedimentation coefficient of a single cell in the clear fluid [us]; negative if it rises.
    pub coefficient: f64,
    /// Velocity of a single cell at 1 g [um/us], positive downwards.
    pub stokes: f64,
    /// Velocity of a single cell at the peak force at mid-height [um/us].
    pub stokes_peak: f64,
    /// The same with its aggregation factor [um/us].
    pub aggregated_peak: f64,
    /// Laboratory velocity in the starting mixture at 1 g [um/us].
    pub hindered: f64,
    /// Laboratory velocity in the starting mixture at the peak force at mid-height [um/us].
    pub hindered_peak: f64,
    /// Brownian diffusivity [um2/us].
    pub diffusivity: f64,
    /// Peclet number v L / D of a single cell over the height of the sample, at the peak force.
    pub peclet: f64,
    /// Height over which diffusion balances sinking, D / v [um], at the peak force.
    pub scale_height: f64,
}

/// What follows from a run's input.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Volume of the sample [um3].
    pub volume: f64,
    /// Its height [um].
    pub height: f64,
    /// Length of the programme [us].
    pub duration: f64,
    /// Greatest rotor speed [rad/us].
    pub peak_omega: f64,
    /// Radii of meniscus, mid-height and bottom [um]; zero on the bench.
    pub radius: [f64; 3],
    /// Greatest relative centrifugal force there; 1 on the bench.
    pub force: [f64; 3],
    /// Centrifugal force times time at mid-height [g min].
    pub g_minutes: f64,
    /// Density of the fluid [g/mL].
    pub fluid_density: f64,
    /// Viscosity of the fluid [mPa s].
    pub viscosity: f64,
    /// What the fluid is made of, where a scene says so.
    pub makeup: Option<Makeup>,
    /// Density of the starting mixture [g/mL].
    pub mixture_density: f64,
    /// Volume of all cells per volume of sample.
    pub fraction: f64,
    /// By species, in the order of the input.
    pub species: Vec<SpeciesForecast>,
    /// Number of parcels.
    pub parcels: usize,
    /// Estimate of the time step at the peak force, while everything still moves [us]: that of the mean cells. The
    /// largest of a species are faster.
    pub time_step: f64,
    /// Lower estimate of the number of steps, from mean cells: a run takes up to three times as many.
    pub steps: u64,
    /// Bytes that the parcels take on a device.
    pub device_bytes: u64,
    /// Estimate of the size of `profile.csv` [bytes].
    pub profile_size: u64,
}

impl Forecast {
    /// The forecast of a run at a temperature [degC].
    pub fn new(setup: &Setup, celsius: f64) -> Self {
        let volume = setup.chamber.volume();
        let height = setup.chamber.height();
        let peak_omega = setup.protocol.peak_omega();
        let bench = setup.rotor.mounting.on_bench();
        let (top, bottom) = (setup.rotor.meniscus_radius, setup.rotor.bottom_radius);
        let radius = [top, 0.5 * (top + bottom), bottom];
        let force = radius.map(|r| {
            if bench {
                1.0
            } else {
                peak_omega.powi(2) * r / STANDARD_GRAVITY
            }
        });
        let g_minutes = if bench {
            setup.protocol.duration() / crate::constants::SECOND / 60.0
        } else {
            setup.protocol.g_minutes(radius[1])
        };
        let mixture = Mixture::new(setup);
        let peak = force[1] * STANDARD_GRAVITY;
        let k_t = BOLTZMANN * (celsius + ICE_POINT);
        let species = setup
            .components
            .iter()
            .zip(&mixture.cells)
            .map(|(c, m)| {
                let s = &c.species;
                let diffusivity = k_t / (3.0 * PI * setup.fluid.viscosity * s.diameter * s.drag_factor);
                let scale_height = diffusivity / (m.single * peak).abs();
                SpeciesForecast {
                    name: s.name.clone(),
                    parcels: c.parcels,
                    weight: c.amount.concentration(s) * volume / c.parcels.max(1) as f64,
                    fraction: m.fraction,
                    aggregation: c.aggregation,
                    coefficient: m.single,
                    stokes: m.single * STANDARD_GRAVITY,
                    stokes_peak: m.single * peak,
                    aggregated_peak: m.single * c.aggregation * peak,
                    hindered: m.hindered * STANDARD_GRAVITY,
                    hindered_peak: m.hindered * peak,
                    diffusivity,
                    peclet: height / scale_height,
                    scale_height,
                }
            })
            .collect();
        let (time_step, steps) = steps::estimate(setup, &mixture, force[2]);
        let parcels = setup.parcels();
        Self {
            volume,
            height,
            duration: setup.protocol.duration(),
            peak_omega,
            radius,
            force,
            g_minutes,
            fluid_density: setup.fluid.density,
            viscosity: setup.fluid.viscosity,
            makeup: None,
            mixture_density: mixture.density,
            fraction: mixture.fraction,
            species,
            parcels,
            time_step,
            steps,
            device_bytes: parcels as u64 * DEVICE_BYTES_PER_PARCEL,
            profile_size: Self::profile_bytes(setup),
        }
    }

    /// Estimate of the size of `profile.csv` [bytes]: a row for every time and bin, two columns for every species and
    /// five others.
    pub fn profile_bytes(setup: &Setup) -> u64 {
        let rows = sample_times(setup).len() as u64 * u64::from(setup.sampling.bins);
        rows * (PLACE_BYTES + SPECIES_BYTES * setup.components.len() as u64)
    }
}

/// The starting mixture.
struct Mixture {
    density: f64,
    fraction: f64,
    cells: Vec<Motion>,
}

/// Coefficients of motion [us]: times an acceleration they are velocities.
struct Motion {
    fraction: f64,
    single: f64,
    hindered: f64,
}

impl Mixture {
    fn new(setup: &Setup) -> Self {
        let f = setup.fluid;
        let share: Vec<f64> = setup
            .components
            .iter()
            .map(|c| c.amount.fraction(&c.species))
            .collect();
        let fraction: f64 = share.iter().sum();
        let cells = || setup.components.iter().zip(&share);
        let density = f.density
            + cells()
                .map(|(c, phi)| phi * (c.species.density - f.density))
                .sum::<f64>();
        let dense = setup.physics.suspension == Suspension::Dense;
        let m0 = |c: &crate::model::Component| {
            c.species.diameter.powi(2) / (18.0 * c.species.drag_factor * f.viscosity)
        };
        let slip: Vec<f64> = setup
            .components
            .iter()
            .map(|c| {
                if dense {
                    let hindrance = (1.0 - fraction).max(0.0).powf(setup.physics.exponent - 2.0);
                    hindrance * m0(c) * c.aggregation * (c.species.density - density)
                } else {
                    m0(c) * c.aggregation * (c.species.density - f.density)
                }
            })
            .collect();
        let backflow: f64 = if dense {
            share.iter().zip(&slip).map(|(a, b)| a * b).sum()
        } else {
            0.0
        };
        Self {
            density,
            fraction,
            cells: cells()
                .zip(&slip)
                .map(|((c, phi), slip)| Motion {
                    fraction: *phi,
                    single: m0(c) * (c.species.density - f.density),
                    hindered: slip - backflow,
                })
                .collect(),
        }
    }
}
