//! Roughly how many steps a run takes. The engine's step follows its fastest parcels, which are larger than the mean cell,
//! and whose surroundings clear before the sample does: so this is a lower
//! estimate: the bundled scenes take 1.4 to 3 times as many.

use super::Mixture;
use crate::constants::STANDARD_GRAVITY;
use crate::engine::{Setup, Suspension};

/// Slices in which the programme is gone through to count steps.
const SLICES: u32 = 4000;

/// Time step at the peak [us] and number of steps, of the mean cells.
///
/// Dense: the fastest species still on its way crosses `courant` layers a step. The species with the largest
/// volume moves as in the mixture until it is packed; the others as in the clear fluid it leaves behind, from
/// one end to the other. Dilute steps are bounded only by the longest step and by the profiles.
pub fn estimate(setup: &Setup, mixture: &Mixture, peak_force: f64) -> (f64, u64) {
    let longest = setup.stepping.longest.min(setup.sampling.every.us());
    let duration = setup.protocol.duration();
    let least = (duration / longest).ceil();
    if setup.physics.suspension == Suspension::Dilute {
        return (longest, least as u64);
    }
    let height = setup.chamber.height();
    let stride = setup.stepping.courant * height / f64::from(setup.layers().max(1));
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
    let bench = setup.rotor.mounting.on_bench();
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
