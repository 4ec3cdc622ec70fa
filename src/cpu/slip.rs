//! How fast the parcels go relative to the fluid, for pictures.

use super::block::LANES;
use super::lookup::{Nodes, Places, saturation};
use super::state::{CHUNK, State};
use crate::kernels::advance_dense::allowed;
use crate::kernels::params::{CORIOLIS, CROWDED, SCHILLER_NAUMANN};
use crate::kernels::passage::FREE;
use crate::kernels::slip_speed::FAINTEST;
use crate::kernels::{Environment, Step};
use crate::laws::acceleration::acceleration;
use crate::laws::coriolis::coriolis;
use crate::laws::schiller_naumann::schiller_naumann;
use crate::laws::slip::slip;
use crate::{Error, fixed, memory};
use glam::DVec3;
use rayon::prelude::*;

impl State {
    /// The logarithm to base 2 of every parcel's speed [um/us] in a step.
    ///
    /// # Errors
    /// [`Error::Device`] if the memory does not suffice.
    pub fn slip_speeds(&self, step: &Step) -> Result<Vec<f32>, Error> {
        let mut speeds = memory::filled(self.kind.len(), 0.0_f32)?;
        speeds.par_chunks_mut(CHUNK).enumerate().for_each(|(k, chunk)| {
            for (j, block) in chunk.chunks_mut(LANES).enumerate() {
                self.slip_of_block(k * CHUNK + j * LANES, block, step);
            }
        });
        Ok(speeds)
    }

    /// Of up to a block of parcels from number `first` on.
    fn slip_of_block(&self, first: usize, out: &mut [f32], step: &Step) {
        let env = &self.environment;
        let crowded = env.switches & CROWDED != 0;
        let place = |i: usize| [0, 1, 2].map(|k: usize| self.position[k][i]);
        let pulled = (step.magnets && !self.carried.magnetic.is_empty()).then(|| {
            // lanes behind the last parcel are not read
            let last = first + out.len() - 1;
            let nodes = Nodes::new(&self.carried.pull, env.cells);
            let (mut places, mut field) = (Places::NONE, [[0.0; 4]; LANES]);
            for l in 0..LANES {
                nodes.place(&mut places, l, place((first + l).min(last)).map(fixed::to_cells));
            }
            nodes.field(&places, &mut field);
            field
        });
        for (l, out) in out.iter_mut().enumerate() {
            let i = first + l;
            let p = place(i);
            let held = self.carried.fate.get(i).is_some_and(|fate| *fate != FREE);
            let mut speed = 0.0;
            if fixed::inside(p, env.cells) && !held {
                if crowded {
                    *out = self.slip_in_crowd(i, p, step).length().max(FAINTEST).log2() as f32;
                    continue;
                }
                let mut v = self.own_slip(i, p, step);
                if let Some(field) = &pulled {
                    let [m, per_field] = self.carried.magnetic[i].map(f64::from);
                    let [x, y, z, b] = field[l].map(f64::from);
                    v += DVec3::new(x, y, z) * (m * saturation(b * per_field));
                }
                speed = if rests(p[2], v.z, env) { 0.0 } else { v.length() };
            }
            *out = speed.max(FAINTEST).log2() as f32;
        }
    }

    /// What is left of a parcel's slip in a crowd [um/us]: along each axis that of the grid cell that the look-ahead lets it move into.
    fn slip_in_crowd(&self, i: usize, p: [u64; 3], step: &Step) -> DVec3 {
        let env = &self.environment;
        let a = &step.acceleration;
        let (m0, e) = (f64::from(self.mobility[i]), f64::from(self.excess[i]));
        let q = env.origin + env.size * DVec3::from_array(p.map(fixed::to_cells));
        let n = env.cells.map(|n| n as usize);
        let [x, y, z] = p.map(|p| fixed::cell(p) as usize);
        let here = (z * n[1] + y) * n[0] + x;
        let (index, strides) = ([x, y, z], [1, n[0], n[0] * n[1]]);
        DVec3::from_array(std::array::from_fn(|axis| {
            // the slip there, and the velocity that it leaves
            let through = |cell: usize, face: usize| {
                let mut at = q;
                at[axis] = env.origin[axis] + face as f64 * env.size[axis];
                let felt = acceleration(at, a.gradient, a.constant)[axis];
                let f = &self.fields[cell];
                let own = slip(m0, e, f.mixture, f.hindrance, felt, env.viscosity);
                (own, allowed(f, m0, e, felt, env.viscosity))
            };
            let k = index[axis];
            let none = (0.0, 0.0);
            let ahead = if k + 1 < n[axis] {
                through(here + strides[axis], k + 1)
            } else {
                none
            };
            let behind = if k > 0 {
                through(here - strides[axis], k)
            } else {
                none
            };
            match (ahead.1 > 0.0, behind.1 < 0.0) {
                (true, true) => {
                    let part = fixed::fraction(p[axis]);
                    ahead.0 * part + behind.0 * (1.0 - part)
                }
                (true, false) => ahead.0,
                (false, true) => behind.0,
                (false, false) => 0.0,
            }
        }))
    }

    /// What weight makes of the velocity relative to the fluid of a parcel that feels no others [um/us].
    fn own_slip(&self, i: usize, p: [u64; 3], step: &Step) -> DVec3 {
        let env = &self.environment;
        let a = &step.acceleration;
        let (m0, e) = (f64::from(self.mobility[i]), f64::from(self.excess[i]));
        let q = env.origin + env.size * DVec3::from_array(p.map(fixed::to_cells));
        let felt = acceleration(q, a.gradient, a.constant);
        let mut s = m0 / env.viscosity * e;
        if env.switches & SCHILLER_NAUMANN != 0 {
            s *= schiller_naumann(
                env.fluid_density * (s * felt).length() * (18.0 * m0).sqrt() / env.viscosity,
            );
        }
        if env.switches & CORIOLIS != 0 {
            coriolis(s * felt, s, a.omega)
        } else {
            s * felt
        }
    }
}

/// Whether a parcel lies where it can go no further.
fn rests(z: u64, velocity: f64, env: &Environment) -> bool {
    let last = (u64::from(env.cells[2]) << 32) - 1;
    (z == last && velocity > 0.0) || (z == 0 && velocity < 0.0)
}
