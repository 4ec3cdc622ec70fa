//! What a run tells while it goes on, and what it leaves.

use super::{Backend, Census, Device, Fates, Profile, Snapshot};
use std::ops::ControlFlow;
use std::time::Duration;

/// What a run has to tell while it goes on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// It begins.
    Started {
        /// On what.
        device: Device,
        /// Parcels.
        parcels: usize,
        /// Its length at most [us].
        duration: f64,
    },
    /// A batch of steps is done.
    Progress {
        /// Simulated time [us].
        time: f64,
        /// Steps so far.
        steps: u64,
        /// Length of the last step [us].
        dt: f64,
    },
    /// The parcels were counted by bins along a closed vessel.
    Profile(Profile),
    /// The parcels were counted by what has become of them, where a flow or a field carries them.
    Census {
        /// When [us].
        time: f64,
        /// By component.
        census: Vec<Census>,
    },
    /// Something a person should know; the run goes on.
    Warning(String),
}

impl Event {
    /// When parcels were counted [us]; none of other events.
    pub fn counted(&self) -> Option<f64> {
        match self {
            Self::Profile(p) => Some(p.time),
            Self::Census { time, .. } => Some(*time),
            _ => None,
        }
    }
}

/// Gets every event, with the back-end that holds the parcels at that moment, and may break the run off.
pub type Watcher<'a> = dyn FnMut(&Event, &mut dyn Backend) -> ControlFlow<()> + 'a;

/// All parcels at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// When [us].
    pub time: f64,
    /// What had become of every parcel, and when.
    pub fates: Fates,
    /// Where every parcel was: x, y, z [um].
    pub position: [Vec<f32>; 3],
}

/// What a finished run leaves.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The last profile; without bins where a flow or a field carries parcels.
    pub profile: Profile,
    /// What had become of the parcels: time of each count [us], and the count by component. None in a closed vessel.
    pub counts: Vec<(f64, Vec<Census>)>,
    /// Where every parcel is, or is held, or left.
    pub snapshot: Snapshot,
    /// What has become of every parcel, and when; empty in a closed vessel.
    pub fates: Fates,
    /// What surfaces held when the magnets first went off, before they let go; none if the magnets never went off.
    pub held: Option<Moment>,
    /// The last count that shows the flow at work: the last one before the feed ended, or with half of what had filled the duct
    /// still inside. None without a flow, or if the feed ended before the first count.
    pub full: Option<Moment>,
    /// BLAKE3 hash of the places and kinds of all parcels, and of what has become of them, as 64 hexadecimal digits: equal where two runs
    /// end alike to the last bit.
    pub state: String,
    /// On what it ran.
    pub device: Device,
    /// Steps done.
    pub steps: u64,
    /// Shortest and longest step but for those at the start that grow to their length [us].
    pub step: [f64; 2],
    /// Displacements that were held back to the bound of a step, at most half a grid cell.
    pub bounded: u64,
    /// Greatest volume fraction of all cells in any grid cell at any step; 0 where every cell is alone.
    pub greatest_fraction: f64,
    /// Real time of the stepping and counting.
    pub wall: Duration,
    /// Simulated time [us]: the whole programme, or until nothing was on its way any more, or when the listener stopped it.
    pub time: f64,
    /// False where the listener stopped it before its end.
    pub over: bool,
    /// Warnings, also sent as events.
    pub warnings: Vec<String>,
}
