//! The forecast as text.

use super::Forecast;
use crate::constants::RPM;
use crate::scenario::makeup;
use crate::units::{Dimension, digits, rounded, show, significant};

impl Forecast {
    /// The forecast as text.
    pub fn table(&self) -> String {
        let force = |i: usize| digits(self.force[i], 4);
        let mut head = vec![
            ["sample".into(), show(self.volume, Dimension::Volume)],
            ["programme".into(), show(self.duration, Dimension::Time)],
        ];
        if self.peak_omega > 0.0 {
            head.push([
                "peak speed".into(),
                format!("{} rpm", digits(self.peak_omega / RPM, 4)),
            ]);
            for (i, place) in ["meniscus", "mid-height", "bottom"].into_iter().enumerate() {
                head.push([
                    format!("force at the {place}"),
                    format!("{} x g at {}", force(i), show(self.radius[i], Dimension::Length)),
                ]);
            }
        }
        head.push([
            "force times time".into(),
            format!("{} g min at mid-height", digits(self.g_minutes, 4)),
        ]);
        if let Some(k) = self.k_factor() {
            head.push(["omega^2 t".into(), format!("{:.3e} /s", self.omega_squared_t())]);
            head.push([
                "k factor".into(),
                format!("{} S h at the peak speed, meniscus to bottom", digits(k, 4)),
            ]);
        }
        match &self.makeup {
            Some(makeup) => head.extend(makeup::rows(makeup).into_iter().map(|(a, b)| [a.to_owned(), b])),
            None => head.push([
                "fluid".into(),
                format!(
                    "{} g/mL, {} mPa s",
                    digits(self.fluid_density, 5),
                    digits(self.viscosity, 4)
                ),
            ]),
        }
        head.push([
            "mixture at the start".into(),
            format!(
                "{} g/mL, {} cells",
                digits(self.mixture_density, 5),
                show(self.fraction, Dimension::Fraction)
            ),
        ]);
        head.push(["parcels".into(), format!("{}", self.parcels)]);
        head.push([
            "time step (estimate)".into(),
            format!("{} at the peak", show(self.time_step, Dimension::Time)),
        ]);
        head.push([
            "memory on a device".into(),
            format!("{} MiB", digits(self.device_bytes as f64 / 1_048_576.0, 3)),
        ]);
        head.push([
            "profile.csv (estimate)".into(),
            format!("{} MB", digits(self.profile_size as f64 * 1e-6, 2)),
        ]);
        let wide = head.iter().map(|r| r[0].len()).max().unwrap_or(0);
        let mut out: String = head.iter().map(|[a, b]| format!("{a:wide$}  {b}\n")).collect();
        out.push('\n');
        out.push_str(&self.species_table());
        out
    }

    fn species_table(&self) -> String {
        let um_s = |v: f64| digits(v * 1e6, 3);
        let mut rows = vec![
            [
                "",
                "",
                "cells per",
                "aggre-",
                "s single",
                "single, 1 g",
                "single, peak",
                "aggregated",
                "clears in,",
                "in mixture",
                "Peclet",
                "scale",
            ],
            [
                "species",
                "parcels",
                "parcel",
                "gation",
                "1e-7 s",
                "um/s",
                "um/s",
                "peak, um/s",
                "single",
                "peak, um/s",
                "",
                "height",
            ],
        ]
        .into_iter()
        .map(|r| r.map(str::to_owned))
        .collect::<Vec<_>>();
        for s in &self.species {
            rows.push([
                s.name.clone(),
                s.parcels.to_string(),
                significant(s.weight),
                digits(s.aggregation, 3),
                digits(s.coefficient * 10.0, 3),
                um_s(s.stokes),
                um_s(s.stokes_peak),
                um_s(s.aggregated_peak),
                brief(self.clearing(s, self.height)),
                um_s(s.hindered_peak),
                format!("{:.1e}", s.peclet),
                show(s.scale_height, Dimension::Length),
            ]);
        }
        let width: [usize; 12] = std::array::from_fn(|k| rows.iter().map(|r| r[k].len()).max().unwrap_or(0));
        let line = |r: &[String; 12]| {
            let cells = (0..12).map(|k| {
                if k == 0 {
                    format!("{:w$}", r[k], w = width[k])
                } else {
                    format!("{:>w$}", r[k], w = width[k])
                }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        rows.iter().map(line).collect::<String>()
            + "velocities of the mean cell at mid-height, positive towards the bottom; single: Stokes in the clear \
               fluid\nclears in: from one end to the other at the peak force, a single cell; s: sedimentation coefficient\n\
               scale height: over which diffusion balances sinking, at the peak force; Peclet number: height of the sample over the scale height\n"
    }
}

/// A time with three digits.
fn brief(time: f64) -> String {
    if !time.is_finite() {
        return "-".into();
    }
    show(rounded(time, 3), Dimension::Time)
}
