//! Simulated time, as whole nanoseconds.
//!
//! Whatever is decided by the time of a run (which step, phase, count or picture comes next, and whether it is over) compares integers:
//! two moments are equal or they are not, whatever they are sums of. Rates, speeds and forces take it as a number of microseconds.

use crate::constants::SECOND;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

/// A moment since the start of a run, or a length of simulated time [ns].
///
/// Sixty-four bits hold 292 years. Sums and products beyond that stay at the greatest value.
///
/// ```
/// use buffycoat::times::Time;
/// // a tenth of a second, three times, is three tenths
/// let tenth = Time::seconds(0.1);
/// assert_eq!(tenth + tenth + tenth, Time::seconds(0.3));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// Nanoseconds in a microsecond.
const NS: f64 = 1e3;

impl Time {
    /// The start of a run.
    pub const ZERO: Self = Self(0);
    /// The smallest length above zero.
    pub const TICK: Self = Self(1);
    /// Later than any run lasts.
    pub const NEVER: Self = Self(i64::MAX);

    /// The whole nanosecond nearest to so many microseconds; zero for what is not a number, and the nearest end of the range beyond it.
    pub fn from_us(us: f64) -> Self {
        Self((us * NS).round() as i64)
    }

    /// The whole nanosecond nearest to so many seconds, as [`Time::from_us`].
    pub fn seconds(s: f64) -> Self {
        Self::from_us(s * SECOND)
    }

    /// In microseconds, as forces and rates take it.
    pub fn us(self) -> f64 {
        self.0 as f64 / NS
    }

    /// In nanoseconds.
    pub fn ns(self) -> i64 {
        self.0
    }

    /// How often `every` fits into it, rounded up; at least once.
    ///
    /// An interval that is not above zero counts as the smallest.
    pub fn parts(self, every: Self) -> i64 {
        let every = every.0.max(1);
        (self.0 / every + i64::from(self.0 % every > 0)).max(1)
    }

    /// A part of it, of `parts` that are as equal as nanoseconds allow: none of the others is longer.
    pub fn part(self, parts: i64) -> Self {
        let parts = parts.max(1);
        Self(self.0 / parts + i64::from(self.0 % parts > 0))
    }

    /// The first multiple of `every` after it; `end` if that comes before.
    pub fn next(self, every: Self, end: Self) -> Self {
        let every = every.0.max(1);
        Self((self.0 / every + 1).saturating_mul(every)).min(end)
    }
}

impl Add for Time {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Time {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Time {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<i64> for Time {
    type Output = Self;
    fn mul(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Sum for Time {
    fn sum<I: Iterator<Item = Self>>(times: I) -> Self {
        times.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    /// A week in 37 parts, each rounded up, is 2 ns more than a week; tenths of a second add up as they do by hand.
    #[test]
    fn sums_are_exact() {
        let week = Time::seconds(604_800.0);
        let parts: Time = (0..37).map(|_| week.part(37)).sum();
        // 604 800 s / 37 = 16 345.945 945 945 945 94 s, so each part is rounded up by 0.054 ns, and 37 of them by 2 ns
        assert_eq!((parts - week).ns(), 2);
        assert_eq!(
            Time::seconds(0.1) + Time::seconds(0.2),
            Time::seconds(0.3),
            "0.1 + 0.2 is 0.30000000000000004 in binary"
        );
        assert_eq!(Time::from_us(1.25), Time(1250));
        assert_eq!(Time(1250).us(), 1.25);
    }

    /// By hand: counts fall on round times whatever the phases are, and never after the end.
    #[test]
    fn the_next_multiple() {
        let t = Time::from_us;
        assert_eq!(t(0.0).next(t(10.0), t(1e3)), t(10.0));
        assert_eq!(t(10.0).next(t(10.0), t(1e3)), t(20.0));
        assert_eq!(t(73.742).next(t(10.0), t(1e3)), t(80.0));
        assert_eq!(t(70.0).next(t(10.0), t(73.742)), t(73.742));
        assert_eq!((t(0.1) + t(0.1) + t(0.1)).next(t(0.1), t(1.0)), t(0.4));
    }

    /// By hand: 10 ns by 3 ns is 4 parts, of 3 ns at most; 9 ns is 3 of 3.
    #[test]
    fn parts_are_never_slivers() {
        assert_eq!((Time(10).parts(Time(3)), Time(10).part(4)), (4, Time(3)));
        assert_eq!((Time(9).parts(Time(3)), Time(9).part(3)), (3, Time(3)));
        assert_eq!((Time(2).parts(Time(3)), Time(2).part(1)), (1, Time(2)));
        assert_eq!(Time(5).parts(Time::ZERO), 5);
    }

    /// What is not a number, and what is beyond the range.
    #[test]
    fn the_ends_of_the_range() {
        assert_eq!(Time::from_us(f64::NAN), Time::ZERO);
        assert_eq!(Time::from_us(f64::INFINITY), Time::NEVER);
        assert_eq!(Time::NEVER + Time::seconds(1.0), Time::NEVER);
        assert_eq!(Time::seconds(1e9) * 1_000_000, Time::NEVER);
    }
}
