//! Axes: from a quantity to a place on paper, and where the ticks stand.

use super::text::{powers, raised};
use crate::units::digits;

/// One axis of a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it shows, with its unit in brackets.
    pub label: String,
    /// Least and greatest value.
    pub range: [f64; 2],
    /// Whether equal ways are equal factors.
    pub log: bool,
    /// Whether the greatest value is at the bottom, as depths are.
    pub down: bool,
}

impl Axis {
    /// A linear axis. A range without width is given some.
    pub fn linear(label: impl Into<String>, range: [f64; 2]) -> Self {
        Self {
            label: label.into(),
            range: wide(range),
            log: false,
            down: false,
        }
    }

    /// A linear axis from 0 to a round number that is not less than `most`.
    pub fn from_zero(label: impl Into<String>, most: f64) -> Self {
        let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
        let step = step(most, 4.0);
        Self::linear(label, [0.0, (most / step - 1e-9).ceil() * step])
    }

    /// A logarithmic axis; both ends are above zero.
    pub fn log(label: impl Into<String>, [a, b]: [f64; 2]) -> Self {
        let a = if a.is_finite() && a > 0.0 { a } else { 1e-300 };
        let b = if b.is_finite() && b > a { b } else { 10.0 * a };
        Self {
            label: label.into(),
            range: [a, b],
            log: true,
            down: false,
        }
    }

    /// The same with the greatest value at the bottom.
    pub fn down(mut self) -> Self {
        self.down = true;
        self
    }

    /// Where `x` is, 0 at one end and 1 at the other, beyond them where it is; NaN where it is nowhere.
    pub fn part(&self, x: f64) -> f64 {
        let [a, b] = self.range;
        if self.log {
            // what is not above zero is below every logarithmic axis
            (x.max(1e-300) / a).ln() / (b / a).ln()
        } else {
            (x - a) / (b - a)
        }
    }

    /// Values and names of the ticks, at most about `most`.
    pub fn ticks(&self, most: f64) -> Vec<(f64, String)> {
        if self.log {
            self.decades(most)
        } else {
            self.round(most)
        }
    }

    fn round(&self, most: f64) -> Vec<(f64, String)> {
        let [a, b] = self.range;
        let step = step(b - a, most.max(1.0));
        let first = (a / step - 1e-9).ceil();
        let last = (b / step + 1e-9).floor();
        let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
        let large = a.abs().max(b.abs()) >= 1e6;
        let mut out = Vec::new();
        let mut i = first;
        // a step lost in the digits of the ends makes no progress
        while i <= last && out.len() < 100 && i + 1.0 > i {
            let x = i * step;
            let name = if large {
                powers(&format!("{x:e}"))
            } else {
                format!("{:.decimals$}", if x == 0.0 { 0.0 } else { x })
            };
            out.push((x, name));
            i += 1.0;
        }
        out
    }

    fn decades(&self, most: f64) -> Vec<(f64, String)> {
        let [a, b] = self.range.map(f64::log10);
        let [first, last] = [(a - 1e-9).ceil() as i32, (b + 1e-9).floor() as i32];
        let every = (f64::from(last - first + 1) / most.max(1.0)).ceil().max(1.0) as usize;
        let named: Vec<(f64, String)> = (first..=last)
            .step_by(every)
            .map(|n| (10f64.powi(n), format!("10{}", raised(&n.to_string()))))
            .collect();
        if named.len() >= 2 {
            return named;
        }
        // less than two decades: 1, 2 and 5 of each
        (first - 1..=last)
            .flat_map(|n| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(n)))
            .filter(|x| self.range[0] <= x * (1.0 + 1e-9) && x * (1.0 - 1e-9) <= self.range[1])
            .map(|x| (x, powers(&digits(x, 1))))
            .collect()
    }
}

/// A round step (1, 2 or 5 times a power of ten) of which about `most` at most fit into `span`.
fn step(span: f64, most: f64) -> f64 {
    let least = span / most;
    let unit = 10f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|f| f * unit >= least * (1.0 - 1e-9))
        .unwrap_or(10.0);
    factor * unit
}

fn wide([a, b]: [f64; 2]) -> [f64; 2] {
    if !(a.is_finite() && b.is_finite()) {
        return [0.0, 1.0];
    }
    let room = 1e-9 * a.abs().max(b.abs()).max(1e-9);
    if b - a > room {
        [a, b]
    } else {
        let more = 0.5 * a.abs().max(1e-3);
        [a - more, a + more]
    }
}

/// The unit in which a span of seconds is easily read, and how many seconds it is.
pub fn time_unit(seconds: f64) -> (&'static str, f64) {
    match seconds {
        s if s > 3.0 * 3600.0 => ("h", 3600.0),
        s if s > 180.0 => ("min", 60.0),
        s if s > 0.2 => ("s", 1.0),
        _ => ("ms", 1e-3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(axis: &Axis, most: f64) -> Vec<String> {
        axis.ticks(most).into_iter().map(|t| t.1).collect()
    }

    #[test]
    fn round_ticks() {
        assert_eq!(
            names(&Axis::linear("", [0.0, 65.0]), 8.0),
            ["0", "10", "20", "30", "40", "50", "60"]
        );
        assert_eq!(names(&Axis::linear("", [-0.5, 0.5]), 4.0), ["-0.5", "0.0", "0.5"]);
        assert_eq!(
            names(&Axis::linear("", [0.0, 2e6]), 2.0),
            [
                "0\u{a0}\u{d7}\u{a0}10\u{2070}",
                "1\u{a0}\u{d7}\u{a0}10\u{2076}",
                "2\u{a0}\u{d7}\u{a0}10\u{2076}"
            ]
        );
        assert_eq!(Axis::from_zero("", 0.83).range, [0.0, 1.0]);
        assert_eq!(Axis::from_zero("", 100.0).range, [0.0, 100.0]);
        assert_eq!(Axis::from_zero("", f64::NAN).range, [0.0, 1.0]);
    }

    #[test]
    fn decades_and_what_lies_between() {
        let axis = Axis::log("", [1e-5, 1.0]);
        assert_eq!(
            names(&axis, 6.0),
            [
                "10\u{207b}\u{2075}",
                "10\u{207b}\u{2074}",
                "10\u{207b}\u{b3}",
                "10\u{207b}\u{b2}",
                "10\u{207b}\u{b9}",
                "10\u{2070}"
            ]
        );
        assert!((axis.part(1e-3) - 0.4).abs() < 1e-12);
        assert!(axis.part(0.0) < 0.0);
        assert_eq!(names(&Axis::log("", [3e-1, 6.0]), 6.0), ["0.5", "1", "2", "5"]);
    }

    #[test]
    fn what_cannot_be_an_axis_is_one() {
        for range in [
            [1.0, 1.0],
            [f64::NAN, 1.0],
            [5.0, -5.0],
            [1e300, 1e300],
            [0.0, 0.0],
            [1e15, 1e15 + 1.0],
        ] {
            let axis = Axis::linear("", range);
            assert!(axis.range[1] > axis.range[0], "{range:?}");
            assert!(axis.ticks(5.0).len() < 101);
            assert!(Axis::log("", range).ticks(5.0).len() < 1000);
        }
    }
}
