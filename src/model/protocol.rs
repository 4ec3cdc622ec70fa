//! What is done to a run over time: the speed of the rotor, the pump, the magnets and the valve, in one list.

use crate::constants::SECOND;
use crate::times::Time;

/// One stretch of the programme. The rotor's speed changes linearly over it; the pump, the magnets and the valve stay as they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Length, positive.
    pub duration: Time,
    /// Rotor speed at its start [rad/us], not negative.
    pub omega_start: f64,
    /// Rotor speed at its end [rad/us], not negative.
    pub omega_end: f64,
    /// Volume a time that flows through the chamber [um3/us]; zero in a closed one.
    pub rate: f64,
    /// Whether the magnets are on, if there are any. Where they go off, what is held comes off.
    pub magnets: bool,
    /// The outlet that takes all that leaves, where a valve tells the outlets apart.
    pub outlet: u32,
}

impl Segment {
    /// With the rotor at rest, the magnets on, and this flow [um3/us].
    pub fn resting(duration: Time, rate: f64) -> Self {
        Self {
            duration,
            omega_start: 0.0,
            omega_end: 0.0,
            rate,
            magnets: true,
            outlet: 0,
        }
    }

    /// Whether the rotor changes its speed.
    pub fn ramps(&self) -> bool {
        self.omega_start != self.omega_end
    }

    /// Rotor speed at the share `x` of its length [rad/us].
    fn speed(&self, x: f64) -> f64 {
        self.omega_start + (self.omega_end - self.omega_start) * x
    }

    /// The same pump, magnets and valve for another time at other speeds.
    fn turning(&self, duration: Time, omega_start: f64, omega_end: f64) -> Self {
        Self {
            duration,
            omega_start,
            omega_end,
            ..*self
        }
    }

    /// Whether pump, magnets and valve are as in another.
    fn pumps_as(&self, other: &Self) -> bool {
        (self.rate, self.magnets, self.outlet) == (other.rate, other.magnets, other.outlet)
    }
}

/// Segments, one after the other from time zero. Each lasts a whole number of nanoseconds.
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

impl FromIterator<Segment> for Protocol {
    /// The segments one after the other, as they are.
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        let segments: Vec<Segment> = segments.into_iter().collect();
        Self {
            initial: segments.first().map_or(0.0, |s| s.omega_start),
            segments,
        }
    }
}

impl Protocol {
    /// An empty programme; the rotor turns at `initial` rad/us when the first segment begins.
    pub fn new(initial: f64) -> Self {
        Self {
            initial,
            segments: Vec::new(),
        }
    }

    /// One segment with the rotor at rest, the magnets on, and this flow [um3/us].
    pub fn steady(duration: Time, rate: f64) -> Self {
        Self::new(0.0).then(Segment::resting(duration, rate))
    }

    /// The same with this flow all along [um3/us].
    pub fn at_rate(mut self, rate: f64) -> Self {
        self.segments.iter_mut().for_each(|s| s.rate = rate);
        self
    }

    /// Appends a segment as it is.
    pub fn then(mut self, segment: Segment) -> Self {
        self.segments.push(segment);
        self
    }

    /// Appends a linear change of speed to `omega` [rad/us] over `duration` [us], taken as the nearest nanosecond. Pump, magnets and valve
    /// stay as they are; at the beginning nothing flows, and the magnets are on.
    pub fn ramp(self, omega: f64, duration: f64) -> Self {
        self.change(omega, Time::from_us(duration))
    }

    fn change(self, omega: f64, duration: Time) -> Self {
        let begun = self.final_omega();
        let last = self.segments.last().copied();
        let last = last.unwrap_or_else(|| Segment::resting(duration, 0.0));
        self.then(last.turning(duration, begun, omega))
    }

    /// Appends `duration` [us] at the present speed, taken as the nearest nanosecond.
    pub fn hold(self, duration: f64) -> Self {
        let omega = self.final_omega();
        self.ramp(omega, duration)
    }

    /// The segments and when each begins.
    pub fn timed(&self) -> impl Iterator<Item = (Time, &Segment)> {
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

    /// The segment at time `t` [us], the last one after the end; none where there are none.
    pub fn at(&self, t: f64) -> Option<&Segment> {
        let now = self.timed().find(|(start, s)| t < (*start + s.duration).us());
        now.map(|(_, s)| s).or(self.segments.last())
    }

    /// What of it is over at time `t`; the rest is cut off.
    pub fn until(&self, t: Time) -> Self {
        let mut out = Self::new(self.initial);
        for (start, s) in self.timed() {
            let length = s.duration.min(t - start);
            if length > Time::ZERO {
                let omega = self.omega((start + length).us());
                out = out.then(s.turning(length, s.omega_start, omega));
            }
        }
        out
    }

    /// The same, ending at `t`: cut off there, or its last segment that much longer.
    pub fn lasting(&self, t: Time) -> Self {
        let mut out = self.until(t);
        let left = t - out.end();
        match (out.segments.last_mut(), self.segments.first()) {
            (Some(last), _) => last.duration += left,
            // one of no length
            (None, Some(first)) => out = out.then(first.turning(t, first.omega_start, first.omega_end)),
            (None, None) => {}
        }
        out
    }

    /// The programme with the rest of the segment at time `t` changed; it is cut in two there, unless it begins there.
    pub fn changed(&self, t: Time, change: impl FnOnce(&mut Segment)) -> Self {
        let mut out = self.clone();
        let found = self
            .timed()
            .enumerate()
            .find(|(_, (start, s))| t < *start + s.duration);
        if let Some((i, (start, s))) = found {
            let (mut rest, before) = (*s, t - start);
            if before > Time::ZERO {
                let middle = s.speed(before.us() / s.duration.us());
                rest = s.turning(s.duration - before, middle, s.omega_end);
                out.segments.insert(i, s.turning(before, s.omega_start, middle));
            }
            change(&mut rest);
            let last = i + usize::from(before > Time::ZERO);
            out.segments[last] = rest;
        }
        out
    }

    /// The programme with its rotor brought to `omega` [rad/us] within `over` from time `t` on, and kept there until the next
    /// segment begins that changes the speed; and when that is. That segment goes on from `omega`, and so do all after it: a hold
    /// keeps what speed there is. It is put off where the ramp has no room before it; where none follows the speed is kept for
    /// `least` at least. Pump, magnets and valve go on as they were until then.
    pub fn steered(&self, t: Time, omega: f64, over: Time, least: Time) -> (Self, Time) {
        let (mut left, mut rest) = (Time::ZERO, &[][..]);
        for (i, (start, s)) in self.timed().enumerate() {
            let end = start + s.duration;
            if end > t {
                if start > t && s.ramps() {
                    rest = &self.segments[i..];
                    break;
                }
                left = end - t;
            }
        }
        let least = if rest.is_empty() { least } else { Time::ZERO };
        let hold = (left - over).max(least);
        let begun = self.until(t);
        let from = begun.final_omega();
        let mut out = begun;
        for (length, start, end) in [(over, from, omega), (hold, omega, omega)] {
            out = out.pumped_as(self, length, start, end);
        }
        for s in rest {
            let begin = out.final_omega();
            let omega = if s.ramps() { s.omega_end } else { begin };
            out = out.then(s.turning(s.duration, begin, omega));
        }
        (out, t + over + hold)
    }

    /// Appends `length` at speeds from `start` to `end` [rad/us], with pump, magnets and valve as they are then in another programme.
    fn pumped_as(mut self, other: &Self, length: Time, start: f64, end: f64) -> Self {
        let (begin, mut done) = (self.end(), Time::ZERO);
        while done < length {
            let now = begin + done;
            let model = other.at(now.us()).copied();
            let model = model.unwrap_or_else(|| Segment::resting(length, 0.0));
            // as far as nothing else changes
            let changes = other.timed().find(|(t, s)| *t > now && !s.pumps_as(&model));
            let until = changes.map_or(length, |(t, _)| (t - begin).min(length));
            let speed = |t: Time| match t {
                t if t == length => end,
                t => start + (end - start) * (t.us() / length.us()),
            };
            let (from, to) = (speed(done), speed(until));
            let from = if done == Time::ZERO { start } else { from };
            self = self.then(model.turning(until - done, from, to));
            done = until;
        }
        self
    }

    /// Whether nothing is changed while it runs: one segment with the rotor at one speed, the magnets on and the first outlet open.
    pub fn is_steady(&self) -> bool {
        matches!(self.segments.as_slice(), [only] if !only.ramps() && only.magnets && only.outlet == 0)
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
                return s.speed(((t - start.us()) / s.duration.us()).max(0.0));
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
                // in this order, whose rounding the results of closed vessels have
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
    use super::{Protocol, Segment};
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

    /// By hand: two pump rates and a change of the valve at 12 s; the rotor is told at 8 s to be at 2 within 6 s, which the change of the
    /// pump at 10 s and of the valve at 12 s cut into parts: a third and two thirds of the way up.
    #[test]
    fn the_pump_goes_on_while_the_rotor_is_steered() {
        let pump = |seconds: f64, rate: f64, outlet: u32| Segment {
            outlet,
            ..Segment::resting(us(seconds), rate)
        };
        let p = Protocol::new(0.0)
            .then(pump(10.0, 1.0, 0))
            .then(pump(2.0, 3.0, 0))
            .then(pump(8.0, 3.0, 1));
        let (told, until) = p.steered(us(8.0), 3.0, us(6.0), us(1.0));
        let parts: Vec<_> = told
            .segments()
            .iter()
            .map(|s| (s.duration.us(), s.omega_end, s.rate, s.outlet))
            .collect();
        assert_eq!(
            parts,
            [
                (8.0, 0.0, 1.0, 0),
                (2.0, 1.0, 1.0, 0),
                (2.0, 2.0, 3.0, 0),
                (2.0, 3.0, 3.0, 1),
                (6.0, 3.0, 3.0, 1)
            ]
        );
        assert_eq!(until, us(20.0));
    }

    /// By hand: a ramp from 0 to 4 over 8, cut at 2 and its rest given another flow; at the begin of a segment nothing is cut.
    #[test]
    fn the_rest_of_a_segment_is_changed() {
        let p = Protocol::new(0.0).ramp(4.0, 8.0).hold(2.0);
        let cut = p.changed(us(2.0), |s| s.rate = 5.0);
        let parts = |p: &Protocol| -> Vec<_> {
            let part = |s: &Segment| (s.duration.us(), s.omega_start, s.omega_end, s.rate);
            p.segments().iter().map(part).collect()
        };
        assert_eq!(
            parts(&cut),
            [(2.0, 0.0, 1.0, 0.0), (6.0, 1.0, 4.0, 5.0), (2.0, 4.0, 4.0, 0.0)]
        );
        assert_eq!(
            parts(&p.changed(us(8.0), |s| s.rate = 5.0)),
            [(8.0, 0.0, 4.0, 0.0), (2.0, 4.0, 4.0, 5.0)]
        );
        assert_eq!(p.changed(us(10.0), |s| s.rate = 5.0), p);
        assert_eq!(p.lasting(us(6.0)).duration(), 6.0);
        assert_eq!(parts(&p.lasting(us(15.0)))[1], (7.0, 4.0, 4.0, 0.0));
        let none = Protocol::steady(us(0.0), 3.0);
        assert_eq!(parts(&none.lasting(us(5.0))), [(5.0, 0.0, 0.0, 3.0)]);
    }
}
