//! An end of a duct with a flow: its strips, and how much passes through each.

use super::{Across, LANES, Nodes, interval};
use crate::chamber::duct::Section;

/// The flow through one end of a duct. A strip is a place across the streams of inlets or outlets, 0 to 1: a lane, or a place over
/// the width of a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    section: Section,
    across: Across,
    /// Share of the flow up to the ends of equal intervals of strips, and the mean velocity along the strips there.
    share: Vec<f64>,
    mean: Vec<f64>,
    /// Velocities along strips at the ends of equal intervals of their own, at those of equal intervals along them; one where they are the same
    /// all along.
    rows: Vec<Vec<f64>>,
    /// Share of the flow that goes the wrong way.
    back: f64,
}

impl Plane {
    /// At the `end` 0 or 1 of a duct.
    pub(super) fn new(section: &Section, across: Across, nodes: &Nodes, end: f64) -> Self {
        let rows = rows(across, nodes, end);
        let forward: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| row.iter().map(|u| u.max(0.0)).collect())
            .collect();
        let means: Vec<f64> = forward.iter().map(|row| mean(row)).collect();
        let backward: Vec<f64> = rows.iter().zip(&means).map(|(row, f)| f - mean(row)).collect();
        let [ahead, back] = [means, backward].map(|of| fine(section, across, &of));
        let mut share = passing(section, across, &ahead);
        let all = share.last().copied().unwrap_or(0.0);
        share.iter_mut().for_each(|s| *s /= all);
        let back = passing(section, across, &back).last().copied().unwrap_or(0.0);
        Self {
            section: *section,
            across,
            share,
            mean: ahead,
            rows: forward,
            back: back / all,
        }
    }

    /// Share of the flow through this end that goes the wrong way, against z.
    pub fn back(&self) -> f64 {
        self.back
    }

    /// Share of the flow that passes below a strip.
    pub fn share(&self, strip: f64) -> f64 {
        let (i, t) = interval(strip, self.share.len() - 1);
        let part = passed([self.mean[i], self.mean[i + 1]], t);
        self.share[i] + (self.share[i + 1] - self.share[i]) * part
    }

    /// The strip below which a share of the flow passes.
    pub fn strip(&self, share: f64) -> f64 {
        found(&self.share, &self.mean, share)
    }

    /// The place at rank `v` (0..1) of a strip: equal ranks have equal flows.
    pub fn place(&self, strip: f64, v: f64) -> [f64; 2] {
        let (i, t) = interval(strip, self.rows.len() - 1);
        let (a, b) = (&self.rows[i], &self.rows[i + 1]);
        let v = if a.len() == 1 {
            v
        } else {
            let row: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + (b - a) * t).collect();
            let sums = cumulated(&row);
            match sums.last() {
                Some(all) if *all > 0.0 => found(&sums, &row, v * all),
                // beside a wall, where nothing flows
                _ => v,
            }
        };
        self.at(strip, v)
    }

    /// The point at a part `v` (0..1) of the length of a strip.
    pub fn at(&self, strip: f64, v: f64) -> [f64; 2] {
        match self.across {
            Across::Lanes => self.section.on_lane(strip, v),
            Across::Width => self.section.on_lane(v, strip),
        }
    }

    /// The strip that a place is in.
    pub fn strip_of(&self, [x, y]: [f64; 2]) -> f64 {
        match (self.across, self.section) {
            (Across::Width, Section::Channel { width, .. }) => x / width + 0.5,
            _ => self.section.lane([x, y]),
        }
    }
}

/// Means of strips at the ends of finer intervals: in a round duct the width of a strip changes with its place, and is taken as even over
/// an interval.
pub(super) fn fine(section: &Section, across: Across, means: &[f64]) -> Vec<f64> {
    let strips = means.len() - 1;
    let parts = match (across, section) {
        (Across::Width, _) | (_, Section::Channel { .. }) => 1,
        (Across::Lanes, Section::Tube { .. } | Section::Annulus { .. }) => LANES.div_ceil(strips),
    };
    (0..=strips * parts)
        .map(|k| {
            let (i, t) = interval(k as f64 / (strips * parts) as f64, strips);
            means[i] + (means[i + 1] - means[i]) * t
        })
        .collect()
}

/// What passes up to the end of each interval of strips, of the whole area at a velocity of one.
pub(super) fn passing(section: &Section, across: Across, means: &[f64]) -> Vec<f64> {
    let strips = means.len() - 1;
    let area = |i: usize| match across {
        Across::Lanes => section.area_share(i as f64 / strips as f64),
        Across::Width => i as f64 / strips as f64,
    };
    let mut sum = 0.0;
    let steps = (0..strips).map(|i| {
        sum += 0.5 * (means[i] + means[i + 1]) * (area(i + 1) - area(i));
        sum
    });
    std::iter::once(0.0).chain(steps).collect()
}

/// Velocities along z at one end, a row for each strip; rows of one number are the same all over.
fn rows(across: Across, nodes: &Nodes, end: f64) -> Vec<Vec<f64>> {
    match (nodes, across) {
        (Nodes::Lanes(speed), Across::Lanes) => speed.iter().map(|u| vec![*u]).collect(),
        // the same over the width
        (Nodes::Lanes(speed), Across::Width) => vec![speed.clone(); 2],
        (Nodes::Sheet { counts, speed }, _) => {
            let [lanes, around] = *counts;
            sheet(across, [lanes, around], |i, j| speed[j * (lanes + 1) + i])
        }
        (Nodes::All { counts, values }, _) => {
            let [lanes, around, along] = *counts;
            let layer = if end > 0.5 { along } else { 0 };
            sheet(across, [lanes, around], |i, j| {
                values[(layer * (around + 1) + j) * (lanes + 1) + i][2]
            })
        }
    }
}

fn sheet(across: Across, [lanes, around]: [usize; 2], speed: impl Fn(usize, usize) -> f32) -> Vec<Vec<f64>> {
    let value = |i, j| f64::from(speed(i, j));
    match across {
        Across::Lanes => (0..=lanes)
            .map(|i| (0..=around).map(|j| value(i, j)).collect())
            .collect(),
        Across::Width => (0..=around)
            .map(|j| (0..=lanes).map(|i| value(i, j)).collect())
            .collect(),
    }
}

/// Mean of what is linear between the ends of equal intervals.
fn mean(row: &[f64]) -> f64 {
    match row {
        [one] => *one,
        _ => cumulated(row).last().copied().unwrap_or(0.0),
    }
}

/// What has passed up to each end of equal intervals, over a length of one.
fn cumulated(row: &[f64]) -> Vec<f64> {
    let n = (row.len() - 1) as f64;
    let mut sum = 0.0;
    std::iter::once(0.0)
        .chain(row.windows(2).map(|w| {
            sum += 0.5 * (w[0] + w[1]) / n;
            sum
        }))
        .collect()
}

/// Share of what passes through an interval that does so up to a part of it, where the velocity goes in a straight line from the one to the
/// other.
fn passed([a, b]: [f64; 2], part: f64) -> f64 {
    let all = a + b;
    if all > 0.0 {
        part * (2.0 * a + (b - a) * part) / all
    } else {
        part
    }
}

/// The other way.
fn part([a, b]: [f64; 2], passed: f64) -> f64 {
    let all = a + b;
    if passed <= 0.0 || all <= 0.0 {
        return passed.max(0.0);
    }
    // of the two forms of a root the one in which nothing cancels
    let wanted = passed * all;
    let root = (a * a + (b - a) * wanted).max(0.0).sqrt();
    (wanted / (a + root)).clamp(0.0, 1.0)
}

/// Where, of 0 to 1, a sum over equal intervals, of what has these values at their ends, reaches a value.
fn found(sums: &[f64], values: &[f64], value: f64) -> f64 {
    let n = sums.len() - 1;
    let i = sums.partition_point(|s| *s <= value).clamp(1, n) - 1;
    let (a, b) = (sums[i], sums[i + 1]);
    let t = if b > a {
        part(
            [values[i], values[i + 1]],
            ((value - a) / (b - a)).clamp(0.0, 1.0),
        )
    } else {
        0.0
    };
    (i as f64 + t) / n as f64
}
