//! When sample comes in: it comes with the flow, so that a pump that is turned up feeds it faster.

use super::separator::{Feed, Phase, Separator};
use crate::times::Time;

impl Separator {
    /// When so much of the sample has come in as the flow of the first phase brings in the time `fed` [us].
    /// Never, where the programme's last rate is zero.
    pub fn enters(&self, fed: f64) -> f64 {
        let Some(first) = self.stream.as_ref().map(|s| s.rate) else {
            return fed;
        };
        let (mut start, mut before, mut pace) = (0.0, 0.0, 1.0);
        for phase in &self.phases {
            pace = phase.rate / first;
            let length = phase.length.us();
            if fed <= before + length * pace {
                break;
            }
            before += length * pace;
            start += length;
        }
        if start == 0.0 && pace == 1.0 {
            return fed;
        }
        start + (fed - before) / pace
    }

    /// The other way: the time in which the flow of the first phase brings as much sample as has come in until `time` [us].
    pub fn fed(&self, time: f64) -> f64 {
        let Some(first) = self.stream.as_ref().map(|s| s.rate) else {
            return time;
        };
        let (mut start, mut sum, mut pace) = (0.0, 0.0, 1.0);
        for phase in &self.phases {
            pace = phase.rate / first;
            let length = phase.length.us();
            if time <= start + length {
                break;
            }
            sum += length * pace;
            start += length;
        }
        sum + (time - start) * pace
    }

    /// The phase at `time` [us], after the last one that one; none where there are no phases.
    pub fn phase_at(&self, time: f64) -> Option<&Phase> {
        let mut end = Time::ZERO;
        let now = self.phases.iter().find(|p| {
            end += p.length;
            time < end.us()
        });
        now.or(self.phases.last())
    }

    /// Rate of the pump at `time` by the phases [um3/us]; none where there are no phases.
    pub fn rate_at(&self, time: f64) -> Option<f64> {
        self.phase_at(time).map(|p| p.rate)
    }

    /// For how long sample comes in [us]; none where it fills the duct at the start.
    pub fn feeding(&self) -> Option<f64> {
        match self.feed {
            Feed::Inlets { over } => Some(self.enters(over)),
            Feed::Filled => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::{Feed, Phase};
    use crate::scenario::{AnyScene, BUNDLED};
    use crate::times::Time;

    /// By hand: fed for 120 at a rate of 2, of which 30 pass; then half of it for 40, which feeds as 20; then twice it: the 70 that
    /// are left take 35.
    #[test]
    fn sample_comes_with_the_flow() {
        let text = BUNDLED.iter().find(|(n, _)| *n == "quadrupole_sorter").unwrap().1;
        let AnyScene::Separator(scene) = AnyScene::from_str("a.toml", text).unwrap() else {
            panic!("no separator")
        };
        let mut s = scene.separator;
        s.stream.as_mut().unwrap().rate = 2.0;
        s.feed = Feed::Inlets { over: 120.0 };
        assert_eq!((s.enters(70.0), s.fed(70.0), s.rate_at(1.0)), (70.0, 70.0, None));
        let phase = |length, rate| Phase {
            length: Time::from_us(length),
            rate,
            magnets: true,
            outlet: 0,
        };
        s.phases = vec![phase(30.0, 2.0), phase(40.0, 1.0), phase(100.0, 4.0)];
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
        s.phases[2].rate = 0.0;
        assert_eq!(s.enters(120.0), f64::INFINITY);
    }
}
