//! The numbers that a kernel gets beside its buffers, in f64 for the CPU and in f32 for WGSL.

use crate::engine::setup::{Drag, Lateral, Setup};
use crate::model::Acceleration;
use crate::shaders::{gpu_constants, gpu_struct};
use glam::{DMat3, DVec3};

gpu_struct! {
    /// Twin of `Params` in `shaders/lib/params.wgsl`, which says what each field is.
    pub struct Params {
        /// Gradient row x; w: constant.
        pub row_x: [f32; 4],
        /// Gradient row y; w: constant.
        pub row_y: [f32; 4],
        /// Gradient row z; w: constant.
        pub row_z: [f32; 4],
        /// Angular velocity; w: time step.
        pub omega: [f32; 4],
        /// Grid corner; w: tube radius.
        pub origin: [f32; 4],
        /// Cell size; w: viscosity.
        pub size: [f32; 4],
        /// Value of one unit of each moment.
        pub moment_unit: [f32; 4],
        /// Grid cells; w: all.
        pub cells: [u32; 4],
        /// Density of the fluid.
        pub fluid_density: f32,
        /// Hindrance exponent.
        pub exponent: f32,
        /// Packing limit.
        pub packing_limit: f32,
        /// Packing width.
        pub packing_width: f32,
        /// Furthest displacement in a dense step [grid cells].
        pub bound: f32,
        /// Bits: Coriolis, Schiller-Naumann, lateral, magnets, crowded, carried.
        pub switches: u32,
        /// Profile bins.
        pub bins: u32,
        /// Number of the step since the start.
        pub step: u32,
        /// Seed of the run.
        pub seed: u32,
        /// Start of the step [us].
        pub time: f32,
        /// Mean velocity of the fluid along the vessel [um/us].
        pub flow: f32,
        /// Outlet that takes what leaves during the step.
        pub outlet: u32,
    }
}

gpu_struct! {
    /// Twin of `Page`.
    pub struct Page {
        /// Number of the page's first parcel.
        pub first: u32,
        /// Parcels on the page.
        pub count: u32,
        /// Threads in one row of the dispatch.
        pub row: u32,
        /// Magnets of this pass, for the kernel that sums their fields; `first` is the number of the first of them there.
        pub spare: u32,
    }
}

gpu_constants! {
    /// Bit of [`Params::switches`]: Coriolis term.
    pub const CORIOLIS: u32 = 1;
    /// Bit of [`Params::switches`]: Schiller-Naumann drag.
    pub const SCHILLER_NAUMANN: u32 = 2;
    /// Bit of [`Params::switches`]: motion across the vessel.
    pub const LATERAL: u32 = 4;
    /// Bit of [`Params::switches`]: the magnets are on.
    pub const MAGNETS: u32 = 8;
    /// Bit of [`Params::switches`]: cells crowd; for pictures.
    pub const CROWDED: u32 = 16;
    /// Bit of [`Params::switches`]: parcels have a fate; for pictures.
    pub const CARRIED: u32 = 32;
}

/// What stays the same over a run, in f64.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Environment {
    /// Lower corner of the grid [um].
    pub origin: DVec3,
    /// Size of a grid cell [um].
    pub size: DVec3,
    /// Grid cells along x, y, z.
    pub cells: [u32; 3],
    /// Inner radius of a tube [um]; 0 where no side wall is met.
    pub tube_radius: f64,
    /// Density of the fluid [pg/um3].
    pub fluid_density: f64,
    /// Viscosity of the fluid [pg/(um us)].
    pub viscosity: f64,
    /// Hindrance exponent n.
    pub exponent: f64,
    /// Packing limit (volume fraction).
    pub packing_limit: f64,
    /// Width of the fall to zero below it.
    pub packing_width: f64,
    /// Furthest displacement in a dense step [grid cells].
    pub bound: f64,
    /// Bits as in [`Params::switches`].
    pub switches: u32,
    /// Bins of a profile.
    pub bins: u32,
    /// Value of one unit of each moment.
    pub moment_unit: [f64; 4],
    /// Seed of the run, folded to 32 bits.
    pub seed: u32,
}

/// What changes from step to step, in f64.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The acceleration field, already without the parts that the scene leaves out.
    pub acceleration: Acceleration,
    /// Length of the step [us].
    pub dt: f64,
    /// Its number since the start of the run; keys its random numbers.
    pub number: u32,
    /// When it starts, since the start of the run [us].
    pub time: f64,
    /// Mean velocity of the fluid along the vessel during it [um/us].
    pub flow: f64,
    /// Whether the magnets are on.
    pub magnets: bool,
    /// Outlet that takes what leaves during it, before the lanes divide it.
    pub outlet: u32,
}

impl Environment {
    /// The environment of a run whose moments have these units.
    pub fn new(setup: &Setup, moment_unit: [f64; 4]) -> Self {
        let grid = setup.grid();
        let p = &setup.physics;
        let mut switches = 0;
        if p.coriolis {
            switches |= CORIOLIS;
        }
        if p.drag == Drag::SchillerNaumann {
            switches |= SCHILLER_NAUMANN;
        }
        if p.lateral == Lateral::Resolved {
            switches |= LATERAL;
        }
        let tube_radius = match setup.chamber {
            crate::chamber::Chamber::Tube(t) => t.radius,
            crate::chamber::Chamber::Sector(_) | crate::chamber::Chamber::Duct(_) => 0.0,
        };
        Self {
            origin: grid.origin.into(),
            size: grid.size.into(),
            cells: grid.cells,
            tube_radius,
            fluid_density: setup.fluid.density,
            viscosity: setup.fluid.viscosity,
            exponent: p.exponent,
            packing_limit: p.packing_limit,
            packing_width: p.packing_width,
            bound: (BOUND_OVER_COURANT * setup.stepping.courant).min(BOUND),
            switches,
            bins: setup.sampling.bins,
            moment_unit,
            seed: folded(setup.seed),
        }
    }

    /// Number of grid cells.
    pub fn cell_count(&self) -> usize {
        self.cells.iter().map(|&n| n as usize).product()
    }
}

/// A seed in 32 bits.
fn folded(seed: u64) -> u32 {
    (seed as u32) ^ ((seed >> 32) as u32).rotate_left(16)
}

/// How much further than the Courant number of the setup a parcel may go before it is held back.
pub const BOUND_OVER_COURANT: f64 = 1.25;

/// Furthest a parcel may go in a dense step [grid cells]. The time step aims lower; what would still go further is
/// held back to this and counted.
pub const BOUND: f64 = 0.5;

impl Params {
    /// Both together, rounded to f32.
    pub fn new(e: &Environment, s: &Step) -> Self {
        let row = |k: usize| {
            let r = s.acceleration.gradient.row(k);
            [
                r.x as f32,
                r.y as f32,
                r.z as f32,
                s.acceleration.constant[k] as f32,
            ]
        };
        let with = |v: DVec3, w: f64| [v.x as f32, v.y as f32, v.z as f32, w as f32];
        Self {
            row_x: row(0),
            row_y: row(1),
            row_z: row(2),
            omega: with(s.acceleration.omega, s.dt),
            origin: with(e.origin, e.tube_radius),
            size: with(e.size, e.viscosity),
            moment_unit: e.moment_unit.map(|x| x as f32),
            cells: [e.cells[0], e.cells[1], e.cells[2], e.cell_count() as u32],
            fluid_density: e.fluid_density as f32,
            exponent: e.exponent as f32,
            packing_limit: e.packing_limit as f32,
            packing_width: e.packing_width as f32,
            bound: e.bound as f32,
            switches: e.switches | if s.magnets { MAGNETS } else { 0 },
            bins: e.bins,
            step: s.number,
            seed: e.seed,
            time: s.time as f32,
            flow: s.flow as f32,
            outlet: s.outlet,
        }
    }

    /// The f64 form of exactly these f32 numbers, so that a twin starts from what a kernel was given.
    pub fn split(&self) -> (Environment, Step) {
        let v3 = |v: [f32; 4]| DVec3::new(f64::from(v[0]), f64::from(v[1]), f64::from(v[2]));
        let rows = [self.row_x, self.row_y, self.row_z];
        let environment = Environment {
            origin: v3(self.origin),
            size: v3(self.size),
            cells: [self.cells[0], self.cells[1], self.cells[2]],
            tube_radius: f64::from(self.origin[3]),
            fluid_density: f64::from(self.fluid_density),
            viscosity: f64::from(self.size[3]),
            exponent: f64::from(self.exponent),
            packing_limit: f64::from(self.packing_limit),
            packing_width: f64::from(self.packing_width),
            bound: f64::from(self.bound),
            switches: self.switches & !MAGNETS,
            bins: self.bins,
            moment_unit: self.moment_unit.map(f64::from),
            seed: self.seed,
        };
        let step = Step {
            acceleration: Acceleration {
                constant: DVec3::from_array(rows.map(|r| f64::from(r[3]))),
                gradient: DMat3::from_cols(v3(rows[0]), v3(rows[1]), v3(rows[2])).transpose(),
                omega: v3(self.omega),
            },
            dt: f64::from(self.omega[3]),
            number: self.step,
            time: f64::from(self.time),
            flow: f64::from(self.flow),
            magnets: self.switches & MAGNETS != 0,
            outlet: self.outlet,
        };
        (environment, step)
    }
}

impl Step {
    /// The axes along which cells slip relative to the fluid, on a grid of so many cells: those that have more than one, and along which there
    /// is an acceleration. Along others nothing settles, and nothing is mixed.
    pub fn slips(&self, cells: [u32; 3]) -> impl Iterator<Item = usize> {
        let a = self.acceleration;
        (0..3).filter(move |k| cells[*k] > 1 && (a.constant[*k] != 0.0 || a.gradient.row(*k) != DVec3::ZERO))
    }

    /// A step in which nothing happens, for kernels that only look.
    pub fn still() -> Self {
        let acceleration = Acceleration {
            constant: DVec3::ZERO,
            gradient: DMat3::ZERO,
            omega: DVec3::ZERO,
        };
        Self {
            acceleration,
            dt: 0.0,
            number: 0,
            time: 0.0,
            flow: 0.0,
            magnets: false,
            outlet: 0,
        }
    }
}
