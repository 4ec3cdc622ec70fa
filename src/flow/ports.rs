//! Where a flow comes in and leaves: inlets and outlets.

use super::{Across, Profile};
use crate::Error;
use crate::chamber::duct::{Duct, Section};

/// Most outlets.
pub const MOST_OUTLETS: usize = 4;

/// How the sample comes in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Feed {
    /// It fills the duct at the start.
    Filled,
    /// It enters at z = 0 by the inlets, evenly over a time.
    Inlets {
        /// For how long [us].
        over: f64,
    },
}

/// A part of the flow at z = 0 that has cells of its own; what comes in beside the inlets is clear fluid.
#[derive(Clone, Debug, PartialEq)]
pub struct Inlet {
    /// What to call it.
    pub name: String,
    /// From and to this share of the flow, counted from strip 0.
    pub share: [f64; 2],
}

impl Inlet {
    /// One without a name of its own.
    pub fn of(share: [f64; 2]) -> Self {
        Self {
            name: "inlet".into(),
            share,
        }
    }

    /// Its share of the flow.
    pub fn width(&self) -> f64 {
        self.share[1] - self.share[0]
    }
}

/// The shape of a flow; how much flows is in the programme.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Who provides its velocity.
    pub profile: Profile,
    /// Which way the streams of inlets and outlets lie side by side.
    pub across: Across,
}

impl Stream {
    /// With inlets and outlets side by side across the lanes.
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            across: Across::Lanes,
        }
    }
}

/// Refuses a flow and ports that cannot be at the ends of a duct: how the sample comes in, by which inlets, and the shares of the flow
/// between outlets.
///
/// # Errors
/// [`Error::Input`] naming what is wrong, its value and what it may be.
pub fn check_ports(
    duct: &Duct,
    stream: Option<&Stream>,
    (feed, inlets, splits): (Feed, &[Inlet], &[f64]),
) -> Result<(), Error> {
    let wrong = |what: String, value: String, may_be: String| {
        Err(Error::Input(format!("{what} is {value}; it has to be {may_be}")))
    };
    if matches!(feed, Feed::Inlets { .. }) {
        if stream.is_none() {
            return Err(Error::Input(
                "the sample enters by an inlet, but there is no flow".into(),
            ));
        }
        for Inlet { name, share } in inlets {
            if !(0.0 <= share[0] && share[0] < share[1] && share[1] <= 1.0) {
                return wrong(
                    format!("the share of the flow of {name}"),
                    format!("{share:?}"),
                    "from less to more, within 0 to 1".into(),
                );
            }
        }
        let mut shares: Vec<[f64; 2]> = inlets.iter().map(|i| i.share).collect();
        shares.sort_by(|a, b| a[0].total_cmp(&b[0]));
        if shares.windows(2).any(|w| w[1][0] < w[0][1]) {
            return wrong(
                "the share of the flow of the inlets".into(),
                format!("{shares:?}"),
                "apart from each other".into(),
            );
        }
    }
    let rising = splits.windows(2).all(|w| w[0] < w[1]);
    if splits.len() >= MOST_OUTLETS || !rising || splits.iter().any(|s| !(*s > 0.0 && *s < 1.0)) {
        return wrong(
            "the outlets' split of the flow".into(),
            format!("{splits:?}"),
            format!("at most {} shares within 0 and 1, ascending", MOST_OUTLETS - 1),
        );
    }
    let Some(stream) = stream else {
        if splits.is_empty() {
            return Ok(());
        }
        return Err(Error::Input("there are outlets, but there is no flow".into()));
    };
    match &stream.profile {
        Profile::Given(chart) if chart.duct() != duct => {
            return Err(Error::Input(format!(
                "the flow of {} was read for another duct",
                chart.name()
            )));
        }
        _ => {}
    }
    if stream.across == Across::Width && !matches!(duct.section, Section::Channel { .. }) {
        return Err(Error::Input(
            "streams lie side by side over the width of a channel only; this duct is none".into(),
        ));
    }
    Ok(())
}
