//! How fast the parcels of one species went, from where they were.

use super::lab::Seen;
use crate::constants::SECOND;

/// Mean velocity of some parcels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drift {
    /// Down the vessel [um/s]; not a number if there are no such parcels.
    pub(super) velocity: f64,
    /// Its standard error, from the scatter of the displacements [um/s].
    pub(super) standard_error: f64,
}

/// Mean velocity from the first profile to number `last` of the parcels of `component` that started between depths
/// `top` and `bottom` [um].
pub(super) fn drift(seen: &Seen, component: usize, last: usize, top: f64, bottom: f64) -> Drift {
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    if let (Some(start), Some(end)) = (seen.depths.first(), seen.depths.get(last)) {
        let own = seen.kind.iter().map(|k| *k as usize == component);
        for ((a, b), _) in start.iter().zip(end).zip(own).filter(|(_, own)| *own) {
            if (top..=bottom).contains(a) {
                n += 1.0;
                sum += b - a;
                squares += (b - a).powi(2);
            }
        }
    }
    let seconds = seen.times.get(last).map_or(f64::NAN, |t| t / SECOND);
    let mean = sum / n;
    let variance = (squares / n - mean * mean).max(0.0);
    Drift {
        velocity: mean / seconds,
        standard_error: (variance / n).sqrt() / seconds,
    }
}
