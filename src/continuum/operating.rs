//! What the pumps of a channel have to draw in the end, by Kynch's theory of one column.

use super::channel::{Channel, Phase};
use crate::laws::{hindrance::hindrance, packing::packing};

/// Volume fractions that are looked at.
const FRACTIONS: usize = 2000;

/// Where a bed stands still.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OperatingPoint {
    /// What the red-cell pump draws [um3/us].
    pub rate: f64,
    /// Volume fraction of the red cells in it.
    pub haematocrit: f64,
}

impl Channel {
    /// What a pump has to draw of the packed red cells of a phase so that their surface stands still at a depth [um]; none without red cells that sink.
    ///
    /// All red cells that come in, F per area, have to pass the bed. At a fraction phi it passes f(phi) + q phi, with the flux f of settling and the
    /// draw q per area. So q is the greatest (F - f(phi))/phi of all phi above that of what comes in. Other cells are left out, and what goes into
    /// the bag.
    pub fn operating_point(&self, phase: &Phase, depth: f64) -> Option<OperatingPoint> {
        let laws = &self.settling;
        let mesh = self.mesh();
        let (mut come, mut speed) = (0.0, 0.0);
        for (inlet, rate) in phase.feed.iter().enumerate() {
            for (class, phi) in self.classes.iter().zip(self.fed(inlet)) {
                if self.is_red(class.component) {
                    come += rate * phi;
                    speed += rate * phi * class.mobility * class.excess / laws.fluid.viscosity;
                }
            }
        }
        let fed: f64 = phase.feed.iter().sum();
        // none come, or they float
        if come <= 0.0 || speed <= 0.0 {
            return None;
        }
        let alone = speed / come;
        let level = ((depth / mesh.step()) as usize).min(mesh.levels - 1);
        let acceleration = *mesh.acceleration(phase.omega).get(level)?;
        let area = mesh.length * mesh.width;
        let least = come / fed;
        let draw = (0..FRACTIONS).map(|i| {
            let phi = least + (laws.packing_limit - least) * (i as f64 + 0.5) / FRACTIONS as f64;
            let held = hindrance(phi, laws.exponent) * packing(phi, laws.packing_limit, laws.packing_width);
            // less the density of the mixture, less the backflow
            let slip = alone * held * (1.0 - phi) * (1.0 - phi);
            (come / area - phi * slip.min(laws.fastest) * acceleration) / phi
        });
        let rate = draw.fold(0.0, f64::max) * area;
        (rate > 0.0).then(|| OperatingPoint {
            rate,
            haematocrit: come / rate,
        })
    }
}
