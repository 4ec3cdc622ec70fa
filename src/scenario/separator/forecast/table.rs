//! The forecast of a separator as text.

use super::{InletForecast, PhaseForecast, SeparatorForecast};
use crate::constants::{MILLILITRE, RPM, SECOND, STANDARD_GRAVITY};
use crate::scenario::makeup;
use crate::units::{Dimension, counted, digits, show, significant};

impl PhaseForecast {
    /// `60 min at 5 mL/min, 19.3 s for the length, magnets on`.
    fn text(&self) -> String {
        format!(
            "{}, {}{}{}, magnets {}",
            self.name,
            show(self.length, Dimension::Time),
            match self.rate > 0.0 {
                true => format!(
                    " at {} mL/min, {} for the length",
                    digits(self.rate / MILLILITRE * 60.0 * SECOND, 4),
                    show(self.passage, Dimension::Time)
                ),
                false => String::new(),
            },
            match self.speeds {
                Some([from, to]) if from == to => format!(", {} rpm", digits(from / RPM, 4)),
                Some([from, to]) =>
                    format!(", from {} to {} rpm", digits(from / RPM, 4), digits(to / RPM, 4)),
                None => String::new(),
            },
            match (self.magnets, self.lets_go) {
                (true, _) => "on",
                (false, true) => "off: what is held comes off",
                (false, false) => "off",
            }
        )
    }
}

impl InletForecast {
    /// `blood, 0 to 20 % of the flow, 2.8 mL/min: lymphocyte, neutrophil`.
    fn text(&self) -> String {
        let [from, to] = self.share.map(|x| show(x, Dimension::Fraction));
        format!(
            "{}, {from} to {to} of the flow, {} mL/min: {}",
            self.name,
            digits(self.rate / MILLILITRE * 60.0 * SECOND, 4),
            if self.species.is_empty() {
                "clear fluid".to_owned()
            } else {
                self.species.join(", ")
            }
        )
    }
}

impl SeparatorForecast {
    /// As text.
    pub fn table(&self) -> String {
        let mut rows: Vec<(&str, String)> = vec![
            ("duct", show(self.volume, Dimension::Volume)),
            (
                "sample",
                match self.over {
                    Some(over) => format!(
                        "{}, fed over {}",
                        show(self.sample, Dimension::Volume),
                        show(over, Dimension::Time)
                    ),
                    None => format!("{}, fills the duct", show(self.sample, Dimension::Volume)),
                },
            ),
        ];
        rows.extend(makeup::rows(&self.makeup));
        for (i, inlet) in self.inlets.iter().enumerate() {
            rows.push((if i == 0 { "inlets" } else { "" }, inlet.text()));
        }
        rows.push(("followed for at most", show(self.duration, Dimension::Time)));
        if let Some([rate, speed, passage, reynolds, _]) = self.flow {
            rows.push((
                "flow",
                format!(
                    "{} mL/min, {} in the mean{}, {} for the length",
                    digits(rate / MILLILITRE * 60.0 * SECOND, 4),
                    show(speed, Dimension::Velocity),
                    if self.column {
                        " between the collectors"
                    } else {
                        ""
                    },
                    show(passage, Dimension::Time)
                ),
            ));
            if let Some(profile) = &self.profile {
                rows.push(("profile", profile.clone()));
            }
            let of = if self.column { " of a collector" } else { "" };
            rows.push(("Reynolds number", format!("{}{of}", digits(reynolds, 3))));
        }
        if let Some([omega, nearest, furthest]) = self.rotor {
            let force = |radius: f64| digits(omega * omega * radius / STANDARD_GRAVITY, 4);
            let [near, far] = [nearest, furthest].map(|x| show(x, Dimension::Length));
            rows.push((
                "rotor",
                format!(
                    "{} rpm at most: {} x g at {near} from its axis, {} x g at {far}",
                    digits(omega / RPM, 4),
                    force(nearest),
                    force(furthest)
                ),
            ));
        }
        for (i, p) in self.phases.iter().enumerate() {
            rows.push((if i == 0 { "phases" } else { "" }, p.text()));
        }
        if let Some([b, force]) = self.field {
            rows.push((
                "strongest pull",
                // 1 nN/um3 = 1e9 T A/m2
                format!(
                    "{}, force density {:.3e} T A/m2",
                    show(b, Dimension::FluxDensity),
                    force * 1e9
                ),
            ));
        }
        if let Some([least, most, along]) = self.uneven {
            rows.push((
                "even gradient",
                format!(
                    "{:.3e} to {:.3e} T A/m2 along the middle of the duct, up to {:.3e} of it along z; even at its centre alone",
                    least * 1e9,
                    most * 1e9,
                    along * 1e9
                ),
            ));
        }
        let [x, y, z] = self.grid;
        if let Some(e) = self.error {
            rows.push((
                "field table",
                format!(
                    "{x} x {y} x {z} cells, error of the force {} at the worst of {} places ({} at the walls), {} in the mean square",
                    percent(e.force_max),
                    e.points,
                    percent(e.force_wall),
                    percent(e.force_rms)
                ),
            ));
        }
        let wide = rows.iter().map(|r| r.0.len()).max().unwrap_or(0);
        let mut out: String = rows.iter().map(|(a, b)| format!("{a:wide$}  {b}\n")).collect();
        out.push('\n');
        out.push_str(&self.species_table());
        out
    }

    fn species_table(&self) -> String {
        let there = match self.field {
            Some([b, _]) => format!("at {}", show(b, Dimension::FluxDensity)),
            None => String::new(),
        };
        let spun = self.rotor.map_or_else(String::new, |[omega, _, furthest]| {
            format!(
                "settling, {} x g",
                digits(omega * omega * furthest / STANDARD_GRAVITY, 3)
            )
        });
        let mut rows: Vec<[String; 11]> = vec![
            [
                "",
                "",
                "cells",
                "cells per",
                if spun.is_empty() {
                    "settling"
                } else {
                    "settling, 1 g"
                },
                &spun,
                "mobility",
                &there,
                "magnetic",
                "beads",
                "without",
            ],
            [
                "species",
                "parcels",
                "or beads",
                "parcel",
                "um/s",
                if spun.is_empty() { "" } else { "um/s" },
                "m3 s/kg",
                if there.is_empty() { "" } else { "m3 s/kg" },
                "um/s",
                "a cell",
                "a bead",
            ],
        ]
        .into_iter()
        .map(|r| r.map(str::to_owned))
        .collect();
        let none = |x: f64, text: String| if x == 0.0 { "-".into() } else { text };
        let si = |m: f64| none(m, format!("{:.2e}", m / crate::magnets::MOBILITY_SI));
        for s in &self.species {
            let (mean, without) = s
                .beads
                .map_or(("-".into(), "-".into()), |(m, w)| (digits(m, 3), percent(w)));
            rows.push([
                s.name.clone(),
                s.parcels.to_string(),
                format!("{:.3e}", s.cells),
                significant(s.cells / s.parcels.max(1) as f64),
                digits(s.settling * 1e6, 3),
                s.spun.map_or_else(String::new, |v| digits(v * 1e6, 3)),
                si(s.mobility),
                if there.is_empty() {
                    String::new()
                } else {
                    si(s.mobility_there)
                },
                // in a column the matrix pulls, of which its own table tells
                none(s.magnetic, digits(s.magnetic * 1e6, 3)),
                mean,
                without,
            ]);
        }
        let width: [usize; 11] = std::array::from_fn(|k| rows.iter().map(|r| r[k].len()).max().unwrap_or(0));
        let line = |r: &[String; 11]| {
            let cells = (0..11).filter(|k| width[*k] > 0).map(|k| match k {
                0 => format!("{:w$}", r[k], w = width[k]),
                _ => format!("{:>w$}", r[k], w = width[k]),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        let parcels: usize = self.species.iter().map(|s| s.parcels).sum();
        let mut out: String = rows.iter().map(line).collect();
        out += &format!(
            "{}; of the mean cell with its mean beads, or the median; mobility: in a weak field, as in mobility.csv",
            counted(parcels, "parcel")
        );
        out += &match self.field {
            Some([b, _]) => format!(
                ",\nand as it acts where the force is greatest, at {}; magnetic: its velocity there\n",
                show(b, Dimension::FluxDensity)
            ),
            None => "\n".into(),
        };
        out
    }
}

/// A share for people.
pub fn percent(x: f64) -> String {
    format!("{} %", digits(100.0 * x, 2))
}
