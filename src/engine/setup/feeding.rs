//! When sample comes in: it comes with the flow, so that a pump that is turned up feeds it faster.

use super::Setup;
use crate::flow::Feed;

impl Setup {
    /// When so much of the sample has come in as the flow of the first segment brings in the time `fed` [us].
    /// Never, where the programme's last rate is zero.
    pub fn enters(&self, fed: f64) -> f64 {
        if self.stream.is_none() {
            return fed;
        }
        let first = self.rate();
        let (mut start, mut before, mut pace, mut even) = (0.0, 0.0, 1.0, true);
        for segment in self.protocol.segments() {
            pace = segment.rate / first;
            even = even && pace == 1.0;
            let length = segment.duration.us();
            if fed <= before + length * pace {
                break;
            }
            before += length * pace;
            start += length;
        }
        if even {
            return fed;
        }
        start + (fed - before) / pace
    }

    /// The other way: the time in which the flow of the first segment brings as much sample as has come in until `time` [us].
    pub fn fed(&self, time: f64) -> f64 {
        if self.stream.is_none() {
            return time;
        }
        let first = self.rate();
        let (mut start, mut sum, mut pace, mut even) = (0.0, 0.0, 1.0, true);
        for segment in self.protocol.segments() {
            pace = segment.rate / first;
            even = even && pace == 1.0;
            let length = segment.duration.us();
            if time <= start + length {
                break;
            }
            sum += length * pace;
            start += length;
        }
        if even {
            return time;
        }
        sum + (time - start) * pace
    }

    /// Rate of the pump at `time` [um3/us]; none without a flow.
    pub fn rate_at(&self, time: f64) -> Option<f64> {
        self.stream.as_ref()?;
        self.protocol.at(time).map(|s| s.rate)
    }

    /// For how long sample comes in [us]; none where it fills the duct at the start.
    pub fn feeding(&self) -> Option<f64> {
        match self.ports.feed {
            Feed::Inlets { over } => Some(self.enters(over)),
            Feed::Filled => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::Feed;
    use crate::model::{Protocol, Segment};
    use crate::scenario::{BUNDLED, Scene};
    use crate::times::Time;

    /// By hand: fed for 120 at a rate of 2, of which 30 pass; then half of it for 40, which feeds as 20; then twice it: the 70 that
    /// are left take 35.
    #[test]
    fn sample_comes_with_the_flow() {
        let text = BUNDLED.iter().find(|(n, _)| *n == "quadrupole_sorter").unwrap().1;
        let scene = Scene::from_str("a.toml", text).unwrap();
        let mut s = scene.setup;
        s.ports.feed = Feed::Inlets { over: 120.0 };
        s.protocol = Protocol::steady(Time::from_us(100.0), 2.0);
        assert_eq!(
            (s.enters(70.0), s.fed(70.0), s.rate_at(1.0)),
            (70.0, 70.0, Some(2.0))
        );
        // beyond the end, too
        assert_eq!(s.enters(119.7), 119.7);
        let segment = |length, rate| Segment::resting(Time::from_us(length), rate);
        let with = |last| {
            Protocol::new(0.0)
                .then(segment(30.0, 2.0))
                .then(segment(40.0, 1.0))
                .then(segment(100.0, last))
        };
        s.protocol = with(4.0);
        for (fed, time) in [
            (0.0, 0.0),
            (30.0, 30.0),
            (40.0, 50.0),
            (50.0, 70.0),
            (120.0, 105.0),
        ] {
            assert_eq!(s.enters(fed), time);
            assert_eq!(s.fed(time), fed);
        }
        assert_eq!(s.feeding(), Some(105.0));
        assert_eq!(
            [29.0, 30.0, 69.0, 70.0, 999.0].map(|t| s.rate_at(t)),
            [2.0, 1.0, 1.0, 4.0, 4.0].map(Some)
        );
        // a pump that stops brings nothing more
        s.protocol = with(0.0);
        assert_eq!(s.enters(120.0), f64::INFINITY);
    }
}
