//! When sample comes in: it comes with the flow, so that a pump that is turned up feeds it faster.

use super::separator::{Feed, Separator};

impl Separator {
    /// When so much of the sample has come in as the flow of the first phase brings in the time `fed` [us].
    /// Never, where the programme's last rate is zero.
    pub fn enters(&self, fed: f64) -> f64 {
        let Some(first) = self.stream.map(|s| s.rate) else {
            return fed;
        };
        let (mut start, mut before, mut pace) = (0.0, 0.0, 1.0);
        for phase in &self.phases {
            pace = phase.rate / first;
            if fed <= before + phase.length * pace {
                break;
            }
            before += phase.length * pace;
            start += phase.length;
        }
        if start == 0.0 && pace == 1.0 {
            return fed;
        }
        start + (fed - before) / pace
    }

    /// The other way: the time in which the flow of the first phase brings as much sample as has come in until `time` [us].
    pub fn fed(&self, time: f64) -> f64 {
        let Some(first) = self.stream.map(|s| s.rate) else {
            return time;
        };
        let (mut start, mut sum, mut pace) = (0.0, 0.0, 1.0);
        for phase in &self.phases {
            pace = phase.rate / first;
            if time <= start + phase.length {
                break;
            }
            sum += phase.length * pace;
            start += phase.length;
        }
        sum + (time - start) * pace
    }

    /// For how long sample comes in [us]; none where it fills the duct at the start.
    pub fn feeding(&self) -> Option<f64> {
        match self.feed {
            Feed::Inlet { over, .. } => Some(self.enters(over)),
            Feed::Filled => None,
        }
    }
}
