//! When two times of a run are one.

/// Two times that lie closer are one [us]: what the sums of a programme are off by, over weeks, is less (the last bit of a month is
/// 5e-4 us).
const SAME: f64 = 1e-3;

/// Part of an interval before the end of a run or phase within which no profile, count or picture is due: the end has one by itself.
pub const SLIVER: f64 = 1e-3;

/// Whether two times [us] differ by no more than rounding.
pub fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME
}

/// Whether `a` [us] is earlier than `b`, by more than rounding.
pub fn before(a: f64, b: f64) -> bool {
    a < b && !same(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constants::SECOND;

    /// Thirty-seven thirty-sevenths of a week, which binary numbers lack, are a week; a microsecond less is not.
    #[test]
    fn rounding_is_no_time() {
        let week = 7.0 * 86_400.0 * SECOND;
        let summed = (0..37).fold(0.0, |t, _| t + week / 37.0);
        assert!(
            summed != week && same(summed, week) && !before(summed, week),
            "{summed}"
        );
        assert!(before(week - 1.0, week) && !same(week - 1.0, week));
        assert!(!before(week, week - 1.0));
        // before the first picture
        assert!(before(f64::NEG_INFINITY, 0.0) && !same(f64::NEG_INFINITY, 0.0));
    }
}
