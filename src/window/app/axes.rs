//! Where the marks of an axis are, in a plot that has room for few.

use egui_plot::GridMark;

/// Marks of an axis at most.
const MOST: f64 = 5.0;

/// Three to five marks at round distances within these bounds; none where they are no range.
pub(super) fn marks((low, high): (f64, f64)) -> Vec<GridMark> {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return Vec::new();
    }
    let decade = 10_f64.powi((span / MOST).log10().floor() as i32);
    let count = |step: f64| (high / step).floor() - (low / step).ceil() + 1.0;
    // the fifth is never reached: ten decades of a span of at most fifty have five marks
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .map(|m| m * decade)
        .into_iter()
        .find(|step| count(*step) <= MOST)
        .unwrap_or(span);
    let first = (low / step).ceil();
    (0..count(step).max(0.0) as u32)
        .map(|i| GridMark {
            value: (first + f64::from(i)) * step,
            step_size: step,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::marks;

    fn values(low: f64, high: f64) -> Vec<f64> {
        marks((low, high)).iter().map(|m| m.value).collect()
    }

    #[test]
    fn a_few_round_numbers() {
        assert_eq!(values(-0.3, 13.2), [0.0, 5.0, 10.0]);
        assert_eq!(values(0.0, 100.0), [0.0, 25.0, 50.0, 75.0, 100.0]);
        assert_eq!(values(-65.0, 0.0), [-60.0, -40.0, -20.0, 0.0]);
        assert!(values(1.0, 1.0).is_empty() && values(0.0, f64::NAN).is_empty());
        assert!(values(f64::NEG_INFINITY, f64::INFINITY).is_empty());
    }

    /// Wherever a range lies and however long it is there are enough marks to read it by, and not too many to label.
    #[test]
    fn neither_too_few_nor_too_many() {
        for i in 1..2000 {
            let span = 1e-3 * 1.01_f64.powi(i);
            for low in [0.0, -0.37 * span, 3.3 * span, -1e3] {
                let n = values(low, low + span).len();
                assert!((2..=5).contains(&n), "{low} {span}: {n}");
            }
        }
    }
}
