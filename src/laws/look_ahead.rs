//! Which neighbour decides how fast a parcel goes.
//!
//! Source: the "concentration times velocity" scheme of Buerger, Garcia, Karlsen & Towers, J. Eng. Math.
//! 60:387-425 (2008), carried by parcels.

/// Velocity of a parcel: forward as the cell ahead allows, backward as the cell behind allows; where both do, the
/// nearer face has the greater say. `fraction` is the place within the own cell, 0 behind to 1 ahead.
#[inline(always)]
pub fn look_ahead(ahead: f64, behind: f64, fraction: f64) -> f64 {
    let (forward, backward) = (ahead.max(0.0), behind.min(0.0));
    if forward > 0.0 && backward < 0.0 {
        forward * fraction + backward * (1.0 - fraction)
    } else {
        forward + backward
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_four_cases() {
        assert_eq!(super::look_ahead(2.0, 3.0, 0.1), 2.0);
        assert_eq!(super::look_ahead(-2.0, -1.0, 0.1), -1.0);
        assert_eq!(super::look_ahead(-2.0, 3.0, 0.1), 0.0);
        assert_eq!(super::look_ahead(2.0, -1.0, 0.25), -0.25);
    }
}
