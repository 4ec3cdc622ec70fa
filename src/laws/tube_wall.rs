//! The side wall of a tube: a cell that meets it slides along.

use glam::DVec2;

/// The displacement `d` [um] from the point `across` [um] off the axis, cut off at the wall of `radius` [um].
#[inline(always)]
pub fn tube_wall(across: DVec2, d: DVec2, radius: f64) -> DVec2 {
    let to = across + d;
    let r = to.length();
    if r > radius { to * (radius / r) - across } else { d }
}

#[cfg(test)]
mod tests {
    use glam::DVec2;

    /// By hand: from (3, 0) by (3, 8) leads to (6, 8), 10 away; a wall at 5 stops it at (3, 4).
    #[test]
    fn stops_at_the_wall() {
        let d = super::tube_wall(DVec2::new(3.0, 0.0), DVec2::new(3.0, 8.0), 5.0);
        assert!((d - DVec2::new(0.0, 4.0)).length() < 1e-15);
        assert_eq!(super::tube_wall(DVec2::ZERO, DVec2::X, 5.0), DVec2::X);
    }
}
