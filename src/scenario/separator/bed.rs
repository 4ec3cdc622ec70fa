//! What a column's matrix does to each species: its filter coefficients, and what follows from them.

use super::forecast::PhaseForecast;
use super::typical::Typical;
use crate::Error;
use crate::constants::MILLIMETRE;
use crate::engine::Capture;
use crate::kernels::approach::{End, Start};
use crate::laws::capture_row::{CAPTURE_ROWS, ratio_at};
use crate::magnets::{Collector, MOBILITY_SI, Shape};
use crate::model::MagneticResponse;
use crate::scenario::Scene;
use crate::units::{Dimension, digits, show};

/// Follows cells round a collector to where they end.
pub type Fly<'a> = dyn FnMut(&Collector, &[Start]) -> Result<Vec<End>, Error> + 'a;

impl Scene {
    /// Surveys what the collectors of a column catch, with trajectories that `fly` follows; nothing to do in an open duct.
    ///
    /// # Errors
    /// What `fly` says, and [`Error::Numerics`] for trajectories that do not end.
    pub fn survey(&mut self, fly: &mut Fly<'_>) -> Result<(), Error> {
        let Some(collector) = self.collector else {
            return Ok(());
        };
        // species whose labels saturate alike share a table
        let mut known: Vec<(f64, Vec<f64>)> = Vec::new();
        let mut capture = Vec::new();
        for c in &self.setup.components {
            if c.response == MagneticResponse::None {
                capture.push(vec![0.0; CAPTURE_ROWS]);
                continue;
            }
            let saturation = collector.saturation(c.response.per_field());
            let row = match known.iter().find(|k| k.0 == saturation) {
                Some((_, row)) => row.clone(),
                None => {
                    let table =
                        Capture::survey(&collector, saturation, &mut |starts| fly(&collector, starts))?;
                    (0..CAPTURE_ROWS)
                        .map(|row| table.per_length(ratio_at(row)))
                        .collect()
                }
            };
            known.push((saturation, row.clone()));
            capture.push(row);
        }
        if let Some(matrix) = &mut self.setup.matrix {
            matrix.capture = capture;
        }
        Ok(())
    }

    /// What the empty column does to the typical cell of each species in every phase, as text; empty without a column, or
    /// before its survey.
    pub fn column_table(&self) -> String {
        let (Some(collector), Some(matrix)) = (&self.collector, &self.setup.matrix) else {
            return String::new();
        };
        let s = &self.setup;
        let area = s.duct().section.area();
        let mut out = format!(
            "matrix                {} {}, magnetised to {} by {}\n",
            show(2.0 * collector.radius(), Dimension::Length),
            match collector.shape() {
                Shape::Wire => "wires",
                Shape::Sphere => "spheres",
            },
            show(collector.polarisation(), Dimension::FluxDensity),
            show(collector.background(), Dimension::FluxDensity),
        );
        out += &format!("fluid in the column   {}\n", show(s.room(), Dimension::Volume));
        if let Some(cells) = matrix.capacity {
            out += &format!("full with             {cells:.3e} cells\n");
        }
        let mut phases = PhaseForecast::all(self);
        if phases.is_empty() {
            phases.push(PhaseForecast {
                name: self.outlets.first().cloned().unwrap_or_default(),
                length: s.duration().us(),
                rate: s.rate(),
                passage: 0.0,
                speeds: None,
                magnets: true,
                lets_go: false,
            });
        }
        for (i, phase) in phases.iter().enumerate() {
            out += &format!(
                "\nphase {}, {}: magnets {}{}\n",
                i + 1,
                phase.name,
                if phase.magnets { "on" } else { "off" },
                if phase.lets_go {
                    format!(
                        ", {} % of what is held comes off",
                        digits(100.0 * matrix.released, 3)
                    )
                } else {
                    String::new()
                }
            );
            out += &format!(
                "{:28} {:>12} {:>12} {:>10} {:>14} {:>12}\n",
                "typical cell", "m3 s/kg", "pull/flow", "caught in", "passes empty", "unspecific"
            );
            for (k, c) in s.components.iter().enumerate() {
                // of cells that cannot carry their beads the forecast tells
                let typical = Typical::of(c, s.fluid).ok();
                let m = typical.as_ref().map_or(0.0, |t| t.mobility).max(0.0);
                // what saturation leaves of it in the background field, which acts far from the collectors
                let acts = typical.map_or(0.0, |t| t.at(collector.background())).max(0.0);
                // without the magnets no collector pulls
                let ratio = match phase.magnets {
                    true => m * matrix.strength / (phase.rate / area),
                    false => 0.0,
                };
                let lambda = coefficient(&matrix.capture[k], ratio);
                let all = lambda + f64::from(matrix.unlabelled(s.duct().length)[k]);
                let felt = if m > 0.0 { ratio * acts / m } else { 0.0 };
                let none = |x: f64, text: String| if x > 0.0 { text } else { "-".into() };
                out += &format!(
                    "{:28} {:>12} {:>12} {:>10} {:>14} {:>12}\n",
                    c.species.name,
                    none(m, format!("{:.2e}", m / MOBILITY_SI)),
                    none(felt, digits(felt, 3)),
                    none(all, format!("{} mm", digits(1.0 / all / MILLIMETRE, 3))),
                    format!("{} %", digits(100.0 * (-all * s.duct().length).exp(), 3)),
                    format!("{} %", digits(100.0 * matrix.unspecific[k], 3)),
                );
            }
        }
        out += "mobility: in a weak field, as in mobility.csv; pull/flow: with what saturation leaves of it in the background field\n";
        out
    }

    /// What a person should look at before running a column.
    pub(super) fn column_doubts(&self) -> Vec<String> {
        let (Some(matrix), Some(collector)) = (&self.setup.matrix, &self.collector) else {
            return Vec::new();
        };
        let s = &self.setup;
        let mut out = Vec::new();
        // numbers, and cross-sections but for a factor, of cells and of free beads
        let (mut cells, mut beads) = ([0.0; 2], [0.0; 2]);
        for c in s
            .components
            .iter()
            .filter(|c| c.response != MagneticResponse::None)
        {
            let d = c.species.diameter;
            let number = c.amount.concentration(&c.species) * s.sample_of(c);
            let sum = match c.response {
                MagneticResponse::FreeBead { .. } => &mut beads,
                _ => &mut cells,
            };
            *sum = [sum[0] + number, sum[1] + number * d * d];
        }
        // a bead takes the part of a cell's place that its cross-section is
        let places = if cells[0] > 0.0 {
            beads[1] * cells[0] / cells[1]
        } else {
            beads[0]
        };
        // while they are off in the first phase, in which the sample comes in, no label holds a cell
        let on = s.protocol.segments().first().is_none_or(|p| p.magnets);
        if let Some(capacity) = matrix.capacity.filter(|c| on && cells[0] + places > *c) {
            let and = if places > 0.0 {
                format!(", and free beads for the places of {places:.2e},")
            } else {
                String::new()
            };
            out.push(format!(
                "{:.2e} labelled cells{and} come to a matrix that holds {capacity:.2e}: it overloads",
                cells[0]
            ));
        }
        let speed = s.rate() / s.duct().section.area();
        let reynolds = s.fluid.density * speed * 2.0 * collector.radius() / s.fluid.viscosity;
        if reynolds > 1.0 {
            out.push(format!(
                "the Reynolds number of a collector is {}: above 1, creeping flow is no longer a good model",
                digits(reynolds, 2)
            ));
        }
        out
    }
}

/// Filter coefficient [1/um] at a ratio, as the kernels interpolate it.
pub(super) fn coefficient(row: &[f64], ratio: f64) -> f64 {
    if ratio <= 0.0 {
        return 0.0;
    }
    let x = crate::laws::capture_row::capture_row(ratio);
    let k = (x as usize).min(CAPTURE_ROWS - 2);
    let [a, b] = [row[k], row[k + 1]].map(|l| l.max(1e-30).log2());
    (ratio * 4096.0).min(1.0) * (a + (b - a) * (x - k as f64)).exp2()
}
