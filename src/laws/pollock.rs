//! The way of a fluid element through a grid cell along one axis, where the velocity is linear between the two faces: D. W. Pollock, Ground
//! Water 26:743-750 (1988). Exact, so that paths through cells into which as much flows as leaves keep every volume.

use crate::shaders::gpu_constants;

gpu_constants! {
    /// Time that stands for never [any unit].
    pub const STAYS: f64 = 3.0e38;
}

/// `(e^z - 1)/z`.
#[inline(always)]
fn growth(z: f64) -> f64 {
    if z == 0.0 { 1.0 } else { z.exp_m1() / z }
}

/// `ln(1 + y)/y`, for `y` above -1.
#[inline(always)]
fn decline(y: f64) -> f64 {
    if y == 0.0 { 1.0 } else { y.ln_1p() / y }
}

/// Time after which a fluid element at the fraction `x` (0..1) of a cell leaves it along an axis; [`STAYS`] if it never does. `low` and `high`
/// are the velocities at the two faces, in cells per unit of time, positive towards the upper one.
#[inline(always)]
pub fn exit(x: f64, low: f64, high: f64) -> f64 {
    let u = low + (high - low) * x;
    let (room, last) = if u > 0.0 { (1.0 - x, high) } else { (x, low) };
    // it has to have the same direction at the face
    if last * u <= 0.0 {
        return STAYS;
    }
    room / u.abs() * decline(last / u - 1.0)
}

/// How far it goes in the time `t`, within the cell [cells].
#[inline(always)]
pub fn pollock(x: f64, low: f64, high: f64, t: f64) -> f64 {
    let u = low + (high - low) * x;
    u * t * growth((high - low) * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: dx/dt = 1 + x from x = 0 is x = e^t - 1, which is 1 at t = ln 2. With dx/dt = 2 - 2x nobody reaches x = 1. A uniform
    /// velocity of -0.5 leads from 0.25 to the lower face in 0.5. From 0.5 with dx/dt = 2x - 1 nobody moves.
    #[test]
    fn by_hand() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-15, "{a} {b}");
        close(exit(0.0, 1.0, 2.0), std::f64::consts::LN_2);
        close(pollock(0.0, 1.0, 2.0, std::f64::consts::LN_2), 1.0);
        assert_eq!(exit(0.3, 2.0, 0.0), STAYS);
        close(pollock(0.0, 2.0, 0.0, 1.0), 1.0 - (-2.0_f64).exp());
        close(exit(0.25, -0.5, -0.5), 0.5);
        close(pollock(0.25, -0.5, -0.5, 0.5), -0.25);
        assert_eq!((exit(0.5, -1.0, 1.0), pollock(0.5, -1.0, 1.0, 9.0)), (STAYS, 0.0));
        // it turns back before the face
        assert_eq!(exit(0.9, 1.0, -0.5), STAYS);
    }

    /// The time to the face is the time after which the way has led there.
    #[test]
    fn they_belong_together() {
        for i in 0..200 {
            let part = |k: u32| f64::from((i * 7919 + k * 104_729) % 1009) / 1009.0;
            let (x, low, high) = (part(1), 4.0 * part(2) - 2.0, 4.0 * part(3) - 2.0);
            let t = exit(x, low, high);
            if t == STAYS {
                continue;
            }
            let there = x + pollock(x, low, high, t);
            assert!(
                there.abs().min((there - 1.0).abs()) < 1e-12,
                "{x} {low} {high}: {there}"
            );
        }
    }
}
