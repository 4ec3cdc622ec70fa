//! Trajectories past a collector, on the threads of this back-end.

use crate::Error;
use crate::kernels::approach::{Around, End, Fate, LENGTH, MOST, STILL, Start, TURN};
use crate::magnets::Collector;
use glam::DVec3;
use rayon::prelude::*;

/// Flies every cell past the collector, on `threads` threads; 0 is one a logical processor.
///
/// # Errors
/// [`Error::Input`] for a start out of reach or that is not finite, [`Error::Device`] if the threads cannot be started.
pub fn approach(threads: usize, collector: &Collector, starts: &[Start]) -> Result<Vec<End>, Error> {
    crate::kernels::approach::check(collector, starts)?;
    Ok(super::pool(threads)?.install(|| fly_all(&Around::new(collector.words()), starts)))
}

/// The loop, on the threads at hand.
pub(super) fn fly_all(around: &Around, starts: &[Start]) -> Vec<End> {
    starts.par_iter().map(|s| fly(around, s)).collect()
}

/// Where the cell is after `dt`, by the classical Runge-Kutta rule; `u`: its velocity at `q`.
#[inline(always)]
fn after(around: &Around, start: &Start, q: DVec3, u: DVec3, dt: f64) -> DVec3 {
    let b = around.velocity(q + 0.5 * dt * u, start);
    let c = around.velocity(q + 0.5 * dt * b, start);
    let d = around.velocity(q + dt * c, start);
    q + dt / 6.0 * (u + 2.0 * (b + c) + d)
}

fn fly(around: &Around, start: &Start) -> End {
    let mut q = around.upstream(start);
    let (mut t, mut r) = (0.0, q.length());
    let mut fate = Fate::Undecided;
    for _ in 0..MOST {
        let u = around.velocity(q, start);
        let speed = u.length().max(STILL);
        let longest = LENGTH * r.min(around.reach() - 1.0) / speed;
        // what changes within a step of that length says how much shorter it has to be: near the surface, and where
        // a cell nearly stands, a tenth of a radius is far
        let turn = (around.velocity(q + longest * u, start) - u).length() / speed;
        let dt = longest / (1.0 + TURN * turn);
        let next = after(around, start, q, u, dt);
        let to = next.length();
        let crossed = if to <= 1.0 {
            Some((Fate::Caught, 1.0))
        } else if to > around.reach() {
            Some((Fate::Passed, around.reach()))
        } else {
            None
        };
        if let Some((at, border)) = crossed {
            // as far as the chord meets the border, and from there along the velocity
            let part = (border - r) / (to - r) * dt;
            q = after(around, start, q, u, part);
            let v = around.velocity(q, start);
            let rest = ((border - q.length()) * q.length() / q.dot(v)).max(-dt).min(dt);
            q += rest * v;
            t += part + rest;
            fate = at;
            break;
        }
        (q, r) = (next, to);
        t += dt;
    }
    End {
        place: q.as_vec3().to_array(),
        fate,
        time: t as f32,
    }
}
