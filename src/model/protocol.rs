//! The rotor programme: ramps, holds and brakes with exactly integrated speed.

use crate::constants::SECOND;

/// One stretch of the programme, over which the rotor speed changes linearly in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Length [us], positive.
    pub duration: f64,
    /// Speed at its start [rad/us], not negative.
    pub omega_start: f64,
    /// Speed at its end [rad/us], not negative.
    pub omega_end: f64,
}

/// Ramps, holds and brakes, one after the other from time zero.
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

    /// Appends a linear change of speed to `omega` [rad/us] over `duration` [us].
    pub fn ramp(mut self, omega: f64, duration: f64) -> Self {
        let omega_start = self.final_omega();
        self.segments.push(Segment {
            duration,
            omega_start,
            omega_end: omega,
        });
        self
    }

    /// Appends `duration` [us] at the present speed.
    pub fn hold(self, duration: f64) -> Self {
        let omega = self.final_omega();
        self.ramp(omega, duration)
    }

    /// What of it is over at time `t` [us]; the rest is cut off.
    pub fn until(&self, t: f64) -> Self {
        let mut out = Self::new(self.initial);
        let mut start = 0.0;
        for s in &self.segments {
            let length = s.duration.min(t - start);
            if length > 0.0 {
                out = out.ramp(self.omega(start + length), length);
            }
            start += s.duration;
        }
        out
    }

    /// The programme with its rotor brought to `omega` [rad/us] within `over` from time `t` on, and kept there until the next
    /// segment begins that changes the speed; and when that is. That segment goes on from `omega`, and so do all after it: a hold
    /// keeps what speed there is. It is put off where the ramp has no room before it; where none follows the speed is kept for
    /// `least` at least. Times in us.
    pub fn steered(&self, t: f64, omega: f64, over: f64, least: f64) -> (Self, f64) {
        let (mut start, mut left, mut rest) = (0.0, 0.0, &[][..]);
        for (i, s) in self.segments.iter().enumerate() {
            let end = start + s.duration;
            if end > t {
                if start > t && s.omega_start != s.omega_end {
                    rest = &self.segments[i..];
                    break;
                }
                left = end - t;
            }
            start = end;
        }
        let hold = (left - over).max(if rest.is_empty() { least } else { 0.0 });
        let mut out = self.until(t).ramp(omega, over);
        if hold > 0.0 {
            out = out.hold(hold);
        }
        for s in rest {
            let keeps = s.omega_start == s.omega_end;
            let omega = if keeps { out.final_omega() } else { s.omega_end };
            out = out.ramp(omega, s.duration);
        }
        (out, t + over + hold)
    }

    /// The segments in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whole length [us].
    pub fn duration(&self) -> f64 {
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
        let mut start = 0.0;
        for s in &self.segments {
            if t < start + s.duration {
                let x = ((t - start) / s.duration).max(0.0);
                return s.omega_start + (s.omega_end - s.omega_start) * x;
            }
            start += s.duration;
        }
        self.final_omega()
    }

    /// Rotor speed to which the segment at time `t` [us] leads [rad/us].
    pub fn towards(&self, t: f64) -> f64 {
        let mut end = 0.0;
        let segment = self.segments.iter().find(|s| {
            end += s.duration;
            t < end
        });
        segment.map_or(self.final_omega(), |s| s.omega_end)
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
        let (end, mut start) = (t + dt, 0.0);
        // before the programme begins the rotor turns at its initial speed
        let mut sum = piece(self.initial, self.initial) * (end.min(0.0) - t).max(0.0);
        for s in &self.segments {
            let (a, b) = (t.max(start), end.min(start + s.duration));
            if b > a {
                let at = |x: f64| s.omega_start + (s.omega_end - s.omega_start) * (x - start) / s.duration;
                sum += piece(at(a), at(b)) * (b - a);
            }
            start += s.duration;
        }
        let rest = (end - start.max(t)).max(0.0);
        (sum + piece(self.final_omega(), self.final_omega()) * rest) / dt
    }
}

#[cfg(test)]
mod tests {
    use super::Protocol;

    /// By hand: half of a ramp from 0 to 4 ends at 2, and nothing is left of what has not begun.
    #[test]
    fn a_programme_is_cut() {
        let p = Protocol::new(0.0).ramp(4.0, 10.0).hold(20.0).ramp(0.0, 5.0);
        assert_eq!(p.until(5.0), Protocol::new(0.0).ramp(2.0, 5.0));
        assert_eq!(p.until(15.0), Protocol::new(0.0).ramp(4.0, 10.0).hold(5.0));
        assert_eq!(p.until(0.0), Protocol::new(0.0));
        assert_eq!(p.until(99.0), p);
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
        let (hold, until) = p.steered(15.0, 2.0, 3.0, 60.0);
        let told = Protocol::new(0.0)
            .ramp(4.0, 10.0)
            .hold(5.0)
            .ramp(2.0, 3.0)
            .hold(12.0);
        let rest = |p: Protocol| p.ramp(8.0, 5.0).hold(10.0).ramp(0.0, 5.0);
        assert_eq!((&hold, until), (&rest(told), 30.0));
        // while it speeds up: the hold keeps the speed that was told
        let (ramp, until) = p.steered(5.0, 2.0, 3.0, 60.0);
        let told = Protocol::new(0.0).ramp(2.0, 5.0).ramp(2.0, 3.0).hold(22.0);
        assert_eq!((ramp, until), (rest(told), 30.0));
        // told again while the first is under way: the programme is no longer for it
        let (twice, until) = hold.steered(16.0, 6.0, 3.0, 60.0);
        assert_eq!((twice.duration(), until), (50.0, 30.0));
        assert_eq!(
            (twice.omega(19.0), twice.omega(29.0), twice.omega(35.0)),
            (6.0, 6.0, 8.0)
        );
        // no room: what follows is put off; the brake brakes from the speed that was told
        let (late, until) = p.steered(44.0, 2.0, 3.0, 60.0);
        assert_eq!((late.duration(), until), (52.0, 47.0));
        assert_eq!(
            (late.omega(47.0), late.omega(49.5), late.final_omega()),
            (2.0, 1.0, 0.0)
        );
        // nothing follows
        let (last, until) = p.steered(46.0, 2.0, 3.0, 60.0);
        assert_eq!((last.duration(), last.final_omega(), until), (109.0, 2.0, 109.0));
        assert_eq!(
            p.steered(99.0, 2.0, 3.0, 60.0).0,
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
