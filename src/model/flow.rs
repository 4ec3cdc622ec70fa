//! A steady laminar flow through a duct: how fast each lane is, and how much passes between two lanes.

use crate::chamber::duct::Section;

/// Intervals over which a profile is tabulated. Between their ends it is taken as linear, which is exact to 1.5 over the
/// square of this number, of the mean.
pub const LANES: usize = 1024;

/// Shape of the velocity profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The same velocity everywhere.
    Plug,
    /// Fully developed and laminar (Poiseuille). In a flat channel that of two plates: side walls are left out, which is
    /// right where the channel is much wider than high.
    Laminar,
}

/// A flow through a duct.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Volume a time [um3/us].
    pub rate: f64,
    /// Velocity over its mean at the ends of [`LANES`] equal intervals of lanes.
    pub speed: Vec<f64>,
    /// Share of the flow up to each of these ends.
    share: Vec<f64>,
    /// Mean velocity [um/us].
    pub mean: f64,
}

impl Flow {
    /// A flow of `rate` [um3/us].
    pub fn new(section: &Section, profile: Profile, rate: f64) -> Self {
        let lanes = (0..=LANES).map(|i| i as f64 / LANES as f64);
        let speed: Vec<f64> = lanes.map(|lane| relative(section, profile, lane)).collect();
        // the velocity is linear between the ends and so, nearly, is the width of a lane
        let mut share = vec![0.0];
        for i in 0..LANES {
            let area = |k: usize| section.area_share(k as f64 / LANES as f64);
            let passed = 0.5 * (speed[i] + speed[i + 1]) * (area(i + 1) - area(i));
            share.push(share[i] + passed);
        }
        let all = share[LANES];
        share.iter_mut().for_each(|s| *s /= all);
        Self {
            rate,
            speed,
            share,
            mean: rate / section.area(),
        }
    }

    /// Velocity over its mean in a lane, as tabulated.
    pub fn relative(&self, lane: f64) -> f64 {
        let x = lane.clamp(0.0, 1.0) * LANES as f64;
        let i = (x as usize).min(LANES - 1);
        self.speed[i] + (self.speed[i + 1] - self.speed[i]) * (x - i as f64)
    }

    /// Share of the flow that passes below a lane.
    pub fn share(&self, lane: f64) -> f64 {
        let x = lane.clamp(0.0, 1.0) * LANES as f64;
        let i = (x as usize).min(LANES - 1);
        self.share[i] + (self.share[i + 1] - self.share[i]) * (x - i as f64)
    }

    /// The lane below which a share of the flow passes.
    pub fn lane(&self, share: f64) -> f64 {
        let i = self.share.partition_point(|s| *s <= share).clamp(1, LANES) - 1;
        let (a, b) = (self.share[i], self.share[i + 1]);
        let t = if b > a {
            ((share - a) / (b - a)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (i as f64 + t) / LANES as f64
    }
}

/// Velocity over its mean in a lane. Sources: Poiseuille's law; for the annulus R. B. Bird, W. E. Stewart & E. N. Lightfoot,
/// Transport Phenomena, section 2.4.
fn relative(section: &Section, profile: Profile, lane: f64) -> f64 {
    if profile == Profile::Plug {
        return 1.0;
    }
    match *section {
        Section::Tube { .. } => 2.0 * (1.0 - lane) * (1.0 + lane),
        Section::Channel { .. } => 6.0 * lane * (1.0 - lane),
        Section::Annulus { inner, outer } => {
            let k = inner / outer;
            let rho = k + lane * (1.0 - k);
            let bend = (1.0 - k) * (1.0 + k) / -k.ln();
            // at the walls exactly zero, where rounding would leave a little
            if lane <= 0.0 || lane >= 1.0 {
                return 0.0;
            }
            2.0 * ((1.0 - rho) * (1.0 + rho) + bend * rho.ln()) / (1.0 + k * k - bend)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(section: Section) -> Flow {
        Flow::new(&section, Profile::Laminar, 3.0)
    }

    /// By hand: twice the mean on the axis of a tube, 3/2 between plates; a narrow annulus is a pair of plates.
    #[test]
    fn greatest_velocities() {
        let tube = flow(Section::Tube { radius: 7.0 });
        assert_eq!(tube.speed[0], 2.0);
        assert_eq!(tube.speed[LANES], 0.0);
        let plates = flow(Section::Channel {
            width: 30.0,
            height: 2.0,
        });
        assert_eq!(plates.speed[LANES / 2], 1.5);
        assert_eq!(plates.mean, 0.05);
        let annulus = flow(Section::Annulus {
            inner: 9990.0,
            outer: 10_000.0,
        });
        for i in 0..=LANES {
            assert!((annulus.speed[i] - plates.speed[i]).abs() < 2e-3, "{i}");
        }
    }

    /// Half of the flow through a tube passes within sqrt(1 - sqrt(1/2)) of its radius (by hand: 1 - (1 - r2)2 = 1/2), half
    /// of that between plates below the middle; and the profile's mean over the area is one.
    #[test]
    fn shares() {
        let tube = flow(Section::Tube { radius: 7.0 });
        assert!((tube.lane(0.5) - (1.0 - 0.5_f64.sqrt()).sqrt()).abs() < 1e-5);
        for section in [
            Section::Tube { radius: 7.0 },
            Section::Annulus {
                inner: 3980.0,
                outer: 4360.0,
            },
            Section::Channel {
                width: 30.0,
                height: 2.0,
            },
        ] {
            let f = flow(section);
            for share in [0.0, 0.1, 0.5, 0.93, 1.0] {
                assert!((f.share(f.lane(share)) - share).abs() < 1e-12);
            }
            let n = 100_000;
            let mean: f64 = (0..n)
                .map(|i| {
                    let lane = section.lane_of_area((f64::from(i) + 0.5) / f64::from(n));
                    relative(&section, Profile::Laminar, lane) / f64::from(n)
                })
                .sum();
            assert!((mean - 1.0).abs() < 1e-6, "{section:?}: {mean}");
        }
    }
}
