//! Readings over time: which of them a line may join.

/// The most by which two readings that a line joins may differ, as a share of what the axis shows. What changes faster than it is
/// read is not known in between.
pub const STEP: f64 = 0.15;

/// Readings up to which each is shown as a point.
pub const FEW: usize = 40;

/// The pieces of a series that may be drawn as lines: they end where a reading is missing (its value is not a number) and where the
/// next is more than [`STEP`] of `span` away. A piece may be a single point.
pub fn joined(points: &[[f64; 2]], span: f64) -> Vec<Vec<[f64; 2]>> {
    let mut out: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut last: Option<[f64; 2]> = None;
    for p in points {
        if !p[1].is_finite() {
            last = None;
            continue;
        }
        match (last, out.last_mut()) {
            (Some(before), Some(piece)) if (p[1] - before[1]).abs() <= STEP * span => piece.push(*p),
            _ => out.push(vec![*p]),
        }
        last = Some(*p);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A surface at 10 mm after 23 s and at 30 mm after 170 s, of 60: nobody knows how it went from one to the other. Nor is
    /// there a line across a reading that found none.
    #[test]
    fn no_line_where_nothing_was_read() {
        assert_eq!(
            joined(&[[23.0, 10.0], [170.0, 30.0], [200.0, 31.0]], 60.0),
            [vec![[23.0, 10.0]], vec![[170.0, 30.0], [200.0, 31.0]]]
        );
        assert_eq!(
            joined(&[[0.0, 1.0], [1.0, f64::NAN], [2.0, 1.0], [3.0, 2.0]], 60.0),
            [vec![[0.0, 1.0]], vec![[2.0, 1.0], [3.0, 2.0]]]
        );
        assert!(joined(&[[0.0, f64::NAN]], 1.0).is_empty());
    }
}
