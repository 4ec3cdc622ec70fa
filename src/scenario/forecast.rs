//! What follows from a scene before it is run: forces, velocities, diffusion, parcels, steps, memory, time.
//!
//! Velocities are those of the mean cell of each species (no spread). "Single cell" is Stokes' law in the clear
//! fluid; "in the mixture" is Masliyah, Lockett & Bassoon's velocity in the laboratory frame at the start:
//! slip = (1-phi)^(n-2) (rho_i - rho_mix) a d^2/(18 f mu) A, v = slip - sum phi slip.

use crate::constants::{BOLTZMANN, ICE_POINT, RPM, STANDARD_GRAVITY};
use crate::engine::{Setup, Suspension};
use crate::model::{Amount, Mounting};
use crate::units::{Dimension, digits, show};
use std::f64::consts::PI;

/// Bytes that a parcel takes on a device: position 24, moments 16, mobility 4, excess density 4, kind 4.
pub const DEVICE_BYTES_PER_PARCEL: u64 = 24 + 16 + 4 + 4 + 4;

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
    /// Density of the starting mixture [g/mL].
    pub mixture_density: f64,
    /// Volume of all cells per volume of sample.
    pub fraction: f64,
    /// By species, in the order of the input.
    pub species: Vec<SpeciesForecast>,
    /// Number of parcels.
    pub parcels: usize,
    /// Estimate of the time step at the peak force, while everything still moves [us].
    pub time_step: f64,
    /// Estimate of the number of steps.
    pub steps: u64,
    /// Bytes that the parcels take on a device.
    pub device_bytes: u64,
}

/// Slices in which the programme is gone through to count steps.
const SLICES: u32 = 4000;

impl Forecast {
    /// The forecast of a run at a temperature [degC].
    pub fn new(setup: &Setup, celsius: f64) -> Self {
        let volume = setup.chamber.volume();
        let height = setup.chamber.height();
        let peak_omega = setup.protocol.peak_omega();
        let bench = setup.rotor.mounting == Mounting::Bench;
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
                    weight: m.fraction * volume / (PI / 6.0 * s.diameter.powi(3)) / c.parcels.max(1) as f64,
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
        let (time_step, steps) = steps(setup, &mixture, force[2]);
        let parcels = setup.parcels();
        Self {
            volume,
            duration: setup.protocol.duration(),
            peak_omega,
            radius,
            force,
            g_minutes,
            fluid_density: setup.fluid.density,
            viscosity: setup.fluid.viscosity,
            mixture_density: mixture.density,
            fraction: mixture.fraction,
            species,
            parcels,
            time_step,
            steps,
            device_bytes: parcels as u64 * DEVICE_BYTES_PER_PARCEL,
        }
    }

    /// Estimate of the run time [s] at a rate of so many parcel-steps per second.
    pub fn run_seconds(&self, parcel_steps_per_second: f64) -> f64 {
        self.parcels as f64 * self.steps as f64 / parcel_steps_per_second
    }

    /// The forecast as text; with a run time if the rate [parcel-steps/s] is known.
    pub fn table(&self, parcel_steps_per_second: Option<f64>) -> String {
        let force = |i: usize| digits(self.force[i], 4);
        let mut head = vec![
            ["sample".into(), show(self.volume, Dimension::Volume)],
            ["programme".into(), show(self.duration, Dimension::Time)],
        ];
        if self.peak_omega > 0.0 {
            head.push([
                "peak speed".into(),
                format!("{} rpm", digits(self.peak_omega / RPM, 4)),
            ]);
            for (i, place) in ["meniscus", "mid-height", "bottom"].into_iter().enumerate() {
                head.push([
                    format!("force at the {place}"),
                    format!("{} x g at {}", force(i), show(self.radius[i], Dimension::Length)),
                ]);
            }
        }
        head.push([
            "force times time".into(),
            format!("{} g min at mid-height", digits(self.g_minutes, 4)),
        ]);
        head.push([
            "fluid".into(),
            format!(
                "{} g/mL, {} mPa s",
                digits(self.fluid_density, 5),
                digits(self.viscosity, 4)
            ),
        ]);
        head.push([
            "mixture at the start".into(),
            format!(
                "{} g/mL, {} cells",
                digits(self.mixture_density, 5),
                show(self.fraction, Dimension::Fraction)
            ),
        ]);
        head.push(["parcels".into(), format!("{}", self.parcels)]);
        head.push([
            "time step (estimate)".into(),
            format!(
                "{} at the peak, {} steps",
                show(self.time_step, Dimension::Time),
                self.steps
            ),
        ]);
        head.push([
            "memory on a device".into(),
            format!("{} MiB", digits(self.device_bytes as f64 / 1_048_576.0, 3)),
        ]);
        if let Some(rate) = parcel_steps_per_second {
            head.push([
                "run time (estimate)".into(),
                show(self.run_seconds(rate) * crate::constants::SECOND, Dimension::Time),
            ]);
        }
        let wide = head.iter().map(|r| r[0].len()).max().unwrap_or(0);
        let mut out: String = head.iter().map(|[a, b]| format!("{a:wide$}  {b}\n")).collect();
        out.push('\n');
        out.push_str(&self.species_table());
        out
    }

    fn species_table(&self) -> String {
        let um_s = |v: f64| digits(v * 1e6, 3);
        let mut rows = vec![
            [
                "",
                "",
                "cells per",
                "aggre-",
                "s single",
                "single, 1 g",
                "single, peak",
                "aggregated",
                "in mixture",
                "Peclet",
                "scale",
            ],
            [
                "species",
                "parcels",
                "parcel",
                "gation",
                "1e-7 s",
                "um/s",
                "um/s",
                "peak, um/s",
                "peak, um/s",
                "",
                "height",
            ],
        ]
        .into_iter()
        .map(|r| r.map(str::to_owned))
        .collect::<Vec<_>>();
        for s in &self.species {
            rows.push([
                s.name.clone(),
                s.parcels.to_string(),
                digits(s.weight, 3),
                digits(s.aggregation, 3),
                digits(s.coefficient * 10.0, 3),
                um_s(s.stokes),
                um_s(s.stokes_peak),
                um_s(s.aggregated_peak),
                um_s(s.hindered_peak),
                format!("{:.1e}", s.peclet),
                show(s.scale_height, Dimension::Length),
            ]);
        }
        let width: [usize; 11] = std::array::from_fn(|k| rows.iter().map(|r| r[k].len()).max().unwrap_or(0));
        let line = |r: &[String; 11]| {
            let cells = (0..11).map(|k| {
                if k == 0 {
                    format!("{:w$}", r[k], w = width[k])
                } else {
                    format!("{:>w$}", r[k], w = width[k])
                }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        rows.iter().map(line).collect::<String>()
            + "velocities of the mean cell at mid-height, positive towards the bottom; single: Stokes in the clear \
               fluid\n"
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
            .map(|c| match c.amount {
                Amount::VolumeFraction(phi) => phi,
                Amount::Concentration(n) => n * PI / 6.0 * c.species.diameter.powi(3),
            })
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

/// Time step at the peak [us] and number of steps.
///
/// Dense: the fastest species still on its way crosses `courant` layers a step. The species with the largest
/// volume moves as in the mixture until it is packed; the others as in the clear fluid it leaves behind, from
/// one end to the other. Dilute steps are bounded only by the longest step and by the profiles.
fn steps(setup: &Setup, mixture: &Mixture, peak_force: f64) -> (f64, u64) {
    let longest = setup.stepping.longest.min(setup.sampling.every);
    let duration = setup.protocol.duration();
    let least = (duration / longest).ceil();
    if setup.physics.suspension == Suspension::Dilute {
        return (longest, least as u64);
    }
    let height = setup.chamber.height();
    let stride = setup.stepping.courant * height / f64::from(setup.layers.max(1));
    let most = mixture.cells.iter().map(|m| m.fraction).fold(0.0, f64::max);
    let mut paths: Vec<(f64, f64)> = mixture
        .cells
        .iter()
        .map(|m| {
            if m.fraction == most {
                let free = (1.0 - mixture.fraction / setup.physics.packing_limit).max(0.0);
                (m.hindered.abs(), free * height)
            } else {
                (m.hindered.abs().max(m.single.abs()), height)
            }
        })
        .collect();
    let fastest = paths.iter().map(|p| p.0).fold(0.0, f64::max);
    let time_step = longest.min(stride / (fastest * peak_force * STANDARD_GRAVITY).max(f64::MIN_POSITIVE));
    let bench = setup.rotor.mounting == Mounting::Bench;
    let slice = duration / f64::from(SLICES);
    let mut count = 0.0;
    for i in 0..SLICES {
        let square = setup.protocol.mean_omega_squared(f64::from(i) * slice, slice);
        let a = if bench {
            STANDARD_GRAVITY
        } else {
            square * setup.rotor.bottom_radius
        };
        let speed = paths
            .iter()
            .filter(|p| p.1 > 0.0)
            .map(|p| p.0)
            .fold(0.0, f64::max)
            * a;
        count += (speed / stride).max(1.0 / longest) * slice;
        for p in &mut paths {
            p.1 -= p.0 * a * slice;
        }
    }
    (time_step, count.max(least).ceil() as u64)
}
