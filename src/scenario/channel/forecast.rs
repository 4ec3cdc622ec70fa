//! What follows from a channel before it runs.

use super::super::Scene;
use super::super::makeup;
use crate::constants::{MILLILITRE, MILLIMETRE, RPM, SECOND, STANDARD_GRAVITY};
use crate::continuum::{Channel, Draw};
use crate::units::{Dimension, digits, show};
use std::fmt::Write as _;

impl Scene {
    /// What follows from the scene of a channel, as text.
    pub(in crate::scenario) fn channel_table(&self, channel: &Channel) -> String {
        let mesh = channel.mesh();
        let per_minute = |q: f64| format!("{} mL/min", digits(q / MILLILITRE * 60.0 * SECOND, 4));
        let mm = |x: f64| format!("{} mm", digits(x / MILLIMETRE, 4));
        let mut rows = vec![
            ["channel".to_owned(), show(mesh.whole(), Dimension::Volume)],
            [
                "procedure".into(),
                format!(
                    "{}, in which {} come in",
                    show(channel.duration(), Dimension::Time),
                    show(
                        channel
                            .phases
                            .iter()
                            .map(|p| p.feed.iter().sum::<f64>() * p.duration)
                            .sum(),
                        Dimension::Volume
                    )
                ),
            ],
            [
                "grid".into(),
                format!(
                    "{} columns of {}, {} levels of {} um",
                    mesh.columns,
                    mm(mesh.stride()),
                    mesh.levels,
                    digits(mesh.step(), 3)
                ),
            ],
        ];
        rows.extend(
            makeup::rows(&self.makeup)
                .into_iter()
                .map(|(a, b)| [a.to_owned(), b]),
        );
        let wide = rows.iter().map(|r| r[0].chars().count()).max().unwrap_or(0);
        let mut out = String::new();
        for [name, value] in &rows {
            let _ = writeln!(out, "{name:wide$}  {value}");
        }
        for p in &channel.phases {
            let _ = writeln!(
                out,
                "\n{}: {} at {} rpm, {} x g at half depth",
                p.name,
                show(p.duration, Dimension::Time),
                digits(p.omega / RPM, 4),
                digits(mesh.mean_acceleration(p.omega) / STANDARD_GRAVITY, 3)
            );
            let fed: f64 = p.feed.iter().sum();
            let mut lines = vec![["in".to_owned(), per_minute(fed)]];
            for (port, (draw, rate)) in channel.ports.iter().zip(p.draw.iter().zip(p.rates())) {
                let rest = if *draw == Draw::Rest {
                    ", what the others leave"
                } else {
                    ""
                };
                lines.push([port.name.clone(), format!("{}{rest}", per_minute(rate))]);
            }
            if fed > 0.0 {
                lines.push([
                    "time in the channel".into(),
                    show(mesh.whole() / fed, Dimension::Time) + " in the mean",
                ]);
            }
            let most = channel.greatest_plasma(p.omega);
            if most > 0.0 {
                lines.push([
                    "most clear plasma".into(),
                    format!("{}, by its area and this force", per_minute(most)),
                ]);
            }
            if let Some((port, c)) = &p.control {
                let name = &channel.ports[*port].name;
                let rates = p.rates();
                let rest: f64 = p
                    .draw
                    .iter()
                    .zip(&rates)
                    .filter(|(d, _)| **d == Draw::Rest)
                    .map(|(_, q)| q)
                    .sum();
                lines.push([
                    "interface".into(),
                    format!("held at {} by the pump of `{name}`", mm(c.depth)),
                ]);
                if let Some(point) = channel.operating_point(p, c.depth) {
                    lines.push([
                        "in the end".into(),
                        format!(
                            "`{name}` draws about {}, with a haematocrit of {} %{}",
                            per_minute(point.rate),
                            digits(100.0 * point.haematocrit, 3),
                            if point.rate > rates[*port] + rest {
                                ": more than is left for it"
                            } else {
                                ""
                            }
                        ),
                    ]);
                }
            }
            let wide = lines.iter().map(|r| r[0].chars().count()).max().unwrap_or(0);
            for [name, value] in &lines {
                let _ = writeln!(out, "  {name:wide$}  {value}");
            }
        }
        out
    }
}
