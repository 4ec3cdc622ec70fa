//! Where a straight way meets a round wall.

use crate::shaders::gpu_constants;
use glam::DVec2;

gpu_constants! {
    /// What stands for "never": any fraction of a way above one.
    pub const NEVER: f64 = 2.0;
}

/// The fraction of the way `d` from `across` [um, off the axis] at which it leaves a circle of `radius` from within
/// (`outwards`) or enters it from without; above one if it does not get there.
#[inline(always)]
pub fn crossing(across: DVec2, d: DVec2, radius: f64, outwards: bool) -> f64 {
    let sign = if outwards { 1.0 } else { -1.0 };
    let to = across + d;
    if sign * (to.length() - radius) <= 0.0 {
        return NEVER;
    }
    // |across + f d| = radius, with the differences of squares taken apart so that nothing cancels
    let r = across.length();
    let room = sign * (radius - r) * (radius + r);
    if room <= 0.0 {
        return 0.0;
    }
    let speed = sign * across.dot(d);
    let square = d.length_squared();
    let root = (speed * speed + sign * square * room).max(0.0).sqrt();
    room / (speed + root)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: from (3, 0) by (0, 8) a circle of 5 is left at (3, 4), half of the way; from (10, 0) by (-8, 0) a circle of 4
    /// is entered after six eighths.
    #[test]
    fn in_and_out() {
        let v = DVec2::new;
        assert!((crossing(v(3.0, 0.0), v(0.0, 8.0), 5.0, true) - 0.5).abs() < 1e-15);
        assert!((crossing(v(10.0, 0.0), v(-8.0, 0.0), 4.0, false) - 0.75).abs() < 1e-15);
        assert_eq!(crossing(v(3.0, 0.0), v(1.0, 0.0), 5.0, true), NEVER);
        assert_eq!(crossing(v(10.0, 0.0), v(1.0, 0.0), 4.0, false), NEVER);
        // on the wall already, or beyond it by a rounding
        assert_eq!(crossing(v(5.0, 0.0), v(1.0, 0.0), 5.0, true), 0.0);
        assert_eq!(crossing(v(5.0 + 1e-12, 0.0), v(1.0, 0.0), 5.0, true), 0.0);
    }
}
