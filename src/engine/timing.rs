//! When a run counts, how many steps it may take, and what it feels in each.

use super::{Lateral, Setup};
use crate::Error;
use crate::model::Acceleration;
use crate::times::Time;
use glam::{DMat3, DVec3};

/// Refuses more steps than 32 bits count: they are numbers in every random draw and in what is told of a bad parcel, and after the last
/// the first would come again.
///
/// # Errors
/// [`Error::Numerics`] from the 4294967295th step on.
pub fn countable(steps: u64) -> Result<(), Error> {
    if steps < u64::from(u32::MAX) {
        return Ok(());
    }
    Err(Error::Numerics(format!(
        "a run takes at most {} steps, and this one needs more: end it sooner, or take longer steps (a larger [numerics] courant, fewer \
         cells in its grid)",
        u32::MAX
    )))
}

/// Times at which a run counts at least, the start and the end included.
pub fn sample_times(setup: &Setup) -> Vec<Time> {
    let (end, every) = (setup.protocol.end(), setup.sampling.every);
    let mut times: Vec<Time> = (0..end.parts(every)).map(|i| every * i).collect();
    times.push(end);
    times
}

/// The acceleration that a step applies: its mean over the step, without what the scene leaves out.
pub fn felt(setup: &Setup, time: f64, dt: f64) -> Acceleration {
    let mut a = setup.rotor.acceleration(&setup.protocol, time, dt);
    if setup.physics.lateral == Lateral::Mixed {
        a.constant = DVec3::new(0.0, 0.0, a.constant.z);
        a.gradient = DMat3::from_diagonal(DVec3::new(0.0, 0.0, a.gradient.z_axis.z));
        a.omega = DVec3::ZERO;
    }
    a
}
