//! The rotor programme: ramps, holds and brakes with exactly integrated speed.

use crate::constants::SECOND;
use crate::times::Time;

/// One stretch of the programme, over which the rotor speed changes linearly in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Length, positive.
    pub duration: Time,
    /// Speed at its start [rad/us], not negative.
    pub omega_start: f64,
    /// Speed at its end [rad/us], not negative.
    pub omega_end: f64,
}

/// Ramps, holds and brakes, one after the other from time zero. Each lasts a whole number of nanoseconds.
///
/// ```
/// use buffycoat::model::Protocol;
/// // 30 s up to 1e-4 rad/us (100 rad/s), 60 s there
/// let p = Protocol::new(0.0).ramp(1e-4, 30e6).hold(60e6);
/// assert_eq!(p.duration(), 90e6);
/// // the mean of a linear ramp's square is a third of the final square, exactly
/// assert!((p.mean_omega_squared(0.0, 30e6) - 1e-8 / 3.0).abs() < 1e-20);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    initial: f64,
    segments: Vec<Segment>,
}

impl Protocol {
    /// An empty programme; the rotor turns at `initial` rad/us when the first segment begins.
    pub fn new(initial: f64) -> Self {
        Self {
            initial,
            segments: Vec::new(),
        }
    }

    /// Appends a linear change of speed to `omega` [rad/us] over `duration` [us], taken as the nearest nanosecond.
    pub fn ramp(self, omega: f64, duration: f64) -> Self {
        self.change(omega, Time::from_us(duration))
    }

    fn change(mut self, omega: f64, duration: Time) -> Self {
        let omega_start = self.final_omega();
        self.segments.push(Segment {
            duration,
            omega_start,
            omega_end: omega,
        });
        self
    }

    /// Appends `duration` [us] at the present speed, taken as the nearest nanosecond.
    pub fn hold(self, duration: f64) -> Self {
        let omega = self.final_omega();
        self.ramp(omega, duration)
    }

    /// The segments and when each begins.
    fn timed(&self) -> impl Iterator<Item = (Time, &Segment)> {
        let mut end = Time::ZERO;
        self.segments.iter().map(move |s| {
            let start = end;
            end += s.duration;
            (start, s)
        })
    }

    /// The segment at time `t` and when it begins; none after the end.
    pub fn segment(&self, t: Time) -> Option<(Time, &Segment)> {
        self.timed().find(|(start, s)| t < *start + s.duration)
    }

    /// What of it is over at time `t`; the rest is cut off.
    pub fn until(&self, t: Time) -> Self {
        let mut out = Self::new(self.initial);
        for (start, s) in self.timed() {
            let length = s.duration.min(t - start);
            if length > Time::ZERO {
                out = out.change(self.omega((start + length).us()), length);
            }
        }
        out
    }

    /// The programme with its rotor brought to `omega` [rad/us] within `over` from time `t` on, and kept there until the next
    /// segment begins that changes the speed; and when that is. That segment goes on from `omega`, and so do all after it: a hold
    /// keeps what speed there is. It is put off where the ramp has no room before it; where none follows the speed is kept for
    /// `least` at least.
    pub fn steered(&self, t: Time, omega: f64, over: Time, least: Time) -> (Self, Time) {
        let (mut left, mut rest) = (Time::ZERO, &[][..]);
        for (i, (start, s)) in self.timed().enumerate() {
            let end = start + s.duration;
            if end > t {
                if start > t && s.omega_start != s.omega_end {
                    rest = &self.segments[i..];
                    break;
                }
                left = end - t;
            }
        }
        let least = if rest.is_empty() { least } else { Time::ZERO };
        let hold = (left - over).max(least);
        let mut out = self.until(t).change(omega, over);
        if hold > Time::ZERO {
            out = out.change(omega, hold);
        }
        for s in rest {
            let keeps = s.omega_start == s.omega_end;
            let omega = if keeps { out.final_omega() } else { s.omega_end };
            out = out.change(omega, s.duration);
        }
        (out, t + over + hold)
    }

    /// The segments in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whole length [us].
    pub fn duration(&self) -> f64 {
        self.end().us()
    }

    /// When it ends.
    pub fn end(&self) -> Time {
        self.segments.iter().map(|s| s.duration).sum()
    }

    /// Speed after the last segment [rad/us].
    pub fn final_omega(&self) -> f64 {
        self.segments.last().map_or(self.initial, |s| s.omega_end)
    }

    /// Greatest speed reached [rad/us].
    pub fn peak_omega(&self) -> f64 {
        self.segments
            .iter()
            .map(|s| s.omega_start.max(s.omega_end))
            .fold(self.initial, f64::max)
    }

    /// Rotor speed at time `t` [us], in rad/us. Before the start and after the end it is constant.
    pub fn omega(&self, t: f64) -> f64 {
        for (start, s) in self.timed() {
            if t < (start + s.duration).us() {
                let x = ((t - start.us()) / s.duration.us()).max(0.0);
                return s.omega_start + (s.omega_end - s.omega_start) * x;
            }
        }
        self.final_omega()
    }

    /// Rotor speed to which the segment at time `t` [us] leads [rad/us].
    pub fn towards(&self, t: f64) -> f64 {
        let segment = self.timed().find(|(start, s)| t < (*start + s.duration).us());
        segment.map_or(self.final_omega(), |(_, s)| s.omega_end)
    }

    /// Mean of the rotor speed over `[t, t + dt]` [rad/us]; exact, across segment boundaries too.
    pub fn mean_omega(&self, t: f64, dt: f64) -> f64 {
        self.mean(t, dt, |a, b| 0.5 * (a + b))
    }

    /// Mean of the squared rotor speed over `[t, t + dt]` [rad2/us2]; exact, across segment boundaries too.
    pub fn mean_omega_squared(&self, t: f64, dt: f64) -> f64 {
        self.mean(t, dt, |a, b| (a * a + a * b + b * b) / 3.0)
    }

    /// Mean angular acceleration over `[t, t + dt]` [rad/us2]; exact.
    pub fn mean_angular_acceleration(&self, t: f64, dt: f64) -> f64 {
        if dt > 0.0 {
            (self.omega(t + dt) - self.omega(t)) / dt
        } else {
            0.0
        }
    }

    /// Relative centrifugal force times time at radius `r` [um], in g minutes: the "g.min" of blood banks.
    pub fn g_minutes(&self, r: f64) -> f64 {
        let total = self.duration();
        self.mean_omega_squared(0.0, total) * r / crate::constants::STANDARD_GRAVITY * total / SECOND / 60.0
    }

    fn mean(&self, t: f64, dt: f64, piece: impl Fn(f64, f64) -> f64) -> f64 {
        let omega = self.omega(t);
        if dt <= 0.0 {
            return piece(omega, omega);
        }
        let end = t + dt;
        // before the programme begins the rotor turns at its initial speed
        let mut sum = piece(self.initial, self.initial) * (end.min(0.0) - t).max(0.0);
        for (start, s) in self.timed() {
            let (start, duration) = (start.us(), s.duration.us());
            let (a, b) = (t.max(start), end.min(start + duration));
            if b > a {
                let at = |x: f64| s.omega_start + (s.omega_end - s.omega_start) * (x - start) / duration;
                sum += piece(at(a), at(b)) * (b - a);
            }
        }
        let rest = (end - self.duration().max(t)).max(0.0);
        (sum + piece(self.final_omega(), self.final_omega()) * rest) / dt
    }
}

#[cfg(test)]
mod tests {
    use super::Protocol;
    use crate::times::Time;

    fn us(t: f64) -> Time {
        Time::from_us(t)
    }

    /// By hand: half of a ramp from 0 to 4 ends at 2, and nothing is left of what has not begun.
    #[test]
    fn a_programme_is_cut() {
        let p = Protocol::new(0.0).ramp(4.0, 10.0).hold(20.0).ramp(0.0, 5.0);
        assert_eq!(p.until(us(5.0)), Protocol::new(0.0).ramp(2.0, 5.0));
        assert_eq!(p.until(us(15.0)), Protocol::new(0.0).ramp(4.0, 10.0).hold(5.0));
        assert_eq!(p.until(us(0.0)), Protocol::new(0.0));
        assert_eq!(p.until(us(99.0)), p);
    }

    /// By hand: up, a hold, up further, a hold, a brake; told at 2 for 3 s from several times on.
    #[test]
    fn what_is_told_lasts_until_the_next_change() {
        let p = Protocol::new(0.0)
            .ramp(4.0, 10.0)
            .hold(20.0)
            .ramp(8.0, 5.0)
            .hold(10.0)
            .ramp(0.0, 5.0);
        let (hold, until) = p.steered(us(15.0), 2.0, us(3.0), us(60.0));
        let told = Protocol::new(0.0)
            .ramp(4.0, 10.0)
            .hold(5.0)
            .ramp(2.0, 3.0)
            .hold(12.0);
        let rest = |p: Protocol| p.ramp(8.0, 5.0).hold(10.0).ramp(0.0, 5.0);
        assert_eq!((&hold, until), (&rest(told), us(30.0)));
        // while it speeds up: the hold keeps the speed that was told
        let (ramp, until) = p.steered(us(5.0), 2.0, us(3.0), us(60.0));
        let told = Protocol::new(0.0).ramp(2.0, 5.0).ramp(2.0, 3.0).hold(22.0);
        assert_eq!((ramp, until), (rest(told), us(30.0)));
        // told again while the first is under way: the programme is no longer for it
        let (twice, until) = hold.steered(us(16.0), 6.0, us(3.0), us(60.0));
        assert_eq!((twice.duration(), until), (50.0, us(30.0)));
        assert_eq!(
            (twice.omega(19.0), twice.omega(29.0), twice.omega(35.0)),
            (6.0, 6.0, 8.0)
        );
        // no room: what follows is put off; the brake brakes from the speed that was told
        let (late, until) = p.steered(us(44.0), 2.0, us(3.0), us(60.0));
        assert_eq!((late.duration(), until), (52.0, us(47.0)));
        assert_eq!(
            (late.omega(47.0), late.omega(49.5), late.final_omega()),
            (2.0, 1.0, 0.0)
        );
        // nothing follows
        let (last, until) = p.steered(us(46.0), 2.0, us(3.0), us(60.0));
        assert_eq!(
            (last.duration(), last.final_omega(), until),
            (109.0, 2.0, us(109.0))
        );
        assert_eq!(
            p.steered(us(99.0), 2.0, us(3.0), us(60.0)).0,
            p.clone().ramp(2.0, 3.0).hold(60.0)
        );
    }

    /// By hand: 10 us at 2 before the start and a ramp from 2 to 4 in 10 us: mean 2.5, of squares (4 + 28/3) / 2 = 6.6667.
    #[test]
    fn before_the_start_the_speed_is_the_initial_one() {
        let p = Protocol::new(2.0).ramp(4.0, 10.0);
        assert_eq!((p.omega(-10.0), p.omega(0.0)), (2.0, 2.0));
        assert!((p.mean_omega(-10.0, 20.0) - 2.5).abs() < 1e-12);
        assert!((p.mean_omega_squared(-10.0, 20.0) - 20.0 / 3.0).abs() < 1e-12);
        assert!((p.mean_omega(-10.0, 4.0) - 2.0).abs() < 1e-12);
        // from before the start to after the end, and with no programme at all
        assert!((p.mean_omega(-10.0, 30.0) - (20.0 + 30.0 + 40.0) / 30.0).abs() < 1e-12);
        assert!((Protocol::new(2.0).mean_omega(-10.0, 20.0) - 2.0).abs() < 1e-12);
    }
}
