//! What a person wishes rotor and pump to do, and how many pictures come.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What a person sets and a programme changes: it shows what the run does, but for a wish that is not followed yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<T> {
    pub value: T,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// It follows the run.
    Follows,
    /// Changed, and not told yet.
    Changed,
    /// Told, as the order of this number.
    Told(u64),
}

impl<T: Copy> Wish<T> {
    pub fn new(value: T) -> Self {
        Self {
            value,
            state: State::Follows,
        }
    }

    /// The person wants this.
    pub fn change(&mut self, value: T) {
        (self.value, self.state) = (value, State::Changed);
    }

    /// The person wants this, and the order of this number tells it.
    pub fn told(&mut self, value: T, number: u64) {
        (self.value, self.state) = (value, State::Told(number));
    }

    /// What is to be told, if anything is; `number` is that of the order which tells it.
    pub fn take(&mut self, number: u64) -> Option<T> {
        let new = self.state == State::Changed;
        if new {
            self.state = State::Told(number);
        }
        new.then_some(self.value)
    }

    /// What a run does that has followed so many orders.
    pub fn follow(&mut self, is: T, obeyed: u64) {
        let done = match self.state {
            State::Follows => true,
            State::Changed => false,
            State::Told(number) => obeyed >= number,
        };
        if done {
            *self = Self::new(is);
        }
    }
}

/// Over so long pictures are counted.
const COUNTED: Duration = Duration::from_secs(2);

/// Pictures a second, of late.
#[derive(Default)]
pub(super) struct Rates(VecDeque<Instant>);

impl Rates {
    /// A picture has come.
    pub fn tick(&mut self, now: Instant) {
        self.0.push_back(now);
        self.rate(now);
    }

    /// Pictures a second until now; zero once none has come for two seconds.
    pub fn rate(&mut self, now: Instant) -> f64 {
        while self.0.front().is_some_and(|t| now.duration_since(*t) >= COUNTED) {
            self.0.pop_front();
        }
        self.0.len() as f64 / COUNTED.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wish stays on the slider until the run has heard of it; then the programme rules.
    #[test]
    fn a_wish_waits_for_its_run() {
        let mut w = Wish::new(10.0);
        w.follow(11.0, 0);
        assert_eq!((w.value, w.take(1)), (11.0, None));
        w.change(20.0);
        w.follow(12.0, 0);
        assert_eq!(w.value, 20.0);
        assert_eq!((w.take(7), w.take(8)), (Some(20.0), None));
        // a picture that was under way
        w.follow(12.0, 6);
        assert_eq!(w.value, 20.0);
        w.follow(19.0, 7);
        assert_eq!(w.value, 19.0);
        w.follow(18.0, 7);
        assert_eq!(w.value, 18.0);
    }

    /// By hand: forty pictures within two seconds are twenty a second, ten of them a second later, and none after two.
    #[test]
    fn pictures_that_do_not_come_count() {
        let begin = Instant::now();
        let at = |ms: u64| begin + Duration::from_millis(ms);
        let mut rates = Rates::default();
        for i in 0..40 {
            rates.tick(at(50 * i));
        }
        assert_eq!(rates.rate(at(1990)), 20.0);
        assert_eq!(rates.rate(at(2975)), 10.0);
        assert_eq!(rates.rate(at(4000)), 0.0);
    }
}
