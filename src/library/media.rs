//! `data/media.toml`: suspending fluids against temperature.

use super::mixture::mixture;
use super::water::{water_density, water_viscosity};
use super::{LibraryError, damaged, quantity, unknown};
use crate::model::{Fluid, Status};
use crate::units::{Dimension, digits};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const FILE: &str = "data/media.toml";

/// How far from a listed temperature a medium is still taken to be known [degC].
const MARGIN: f64 = 3.0;

/// Temperatures at which watery media may be used [degC]: what is not frozen and not cooked.
const WATERY: (f64, f64) = (2.0, 42.0);

/// A medium at one temperature.
#[derive(Clone, Debug, PartialEq)]
pub struct Medium {
    /// Density and viscosity.
    pub fluid: Fluid,
    /// Which column of the species' aggregation tables holds in it.
    pub aggregation: Option<String>,
    /// Share of the fluid's volume that is what the column stands for; 1 where nothing was mixed in.
    pub share: f64,
    /// What was assumed beyond the listed temperatures, and how far off it may be; empty at a listed one.
    pub assumed: Vec<String>,
    /// Where the numbers come from.
    pub source: String,
    /// How well they are known.
    pub status: Status,
}

/// What is known of a medium at one temperature.
#[derive(Clone, Debug, PartialEq)]
pub struct MediumPoint {
    /// Temperature [degC].
    pub temperature: f64,
    /// Density [g/mL].
    pub density: f64,
    /// Viscosity [mPa s], where it is listed.
    pub viscosity: Option<f64>,
    /// Where it comes from.
    pub source: String,
    /// How well it is known.
    pub status: Status,
}

/// A medium of the library.
#[derive(Clone, Debug, PartialEq)]
pub struct MediumEntry {
    /// Key by which scenes name it.
    pub name: String,
    /// Other names for it.
    pub also: Vec<String>,
    /// Name for people.
    pub label: String,
    /// What it is made of, or the rule it follows.
    pub composition: String,
    /// Whether it is added to blood to keep it from clotting.
    pub anticoagulant: bool,
    /// Osmolality [mOsm/kg], where it is known.
    pub osmolality: Option<f64>,
    /// Which column of the species' aggregation tables holds in it.
    pub aggregation: Option<String>,
    /// Viscosity over that of water at the same temperature, where that is the rule.
    pub viscosity_ratio: Option<f64>,
    /// Why cells cannot be suspended in it, if so.
    pub refused: Option<String>,
    /// Listed temperatures, ascending; none of a mixture.
    pub points: Vec<MediumPoint>,
    /// Of a watery medium, what it may be off by away from its points.
    pub beyond: Option<String>,
    /// Of a mixture, the names of its media, each with its volume.
    pub parts: Vec<(String, f64)>,
    /// Where it comes from.
    pub source: String,
    /// How well it is known.
    pub status: Status,
}

impl MediumEntry {
    /// True if it is mostly water, so that it expands and thins with temperature as water does and may be mixed with others.
    pub fn watery(&self) -> bool {
        self.beyond.is_some() || !self.parts.is_empty()
    }

    /// True if scenes may call it so: case, blanks and hyphens do not matter.
    pub fn is_called(&self, name: &str) -> bool {
        let plain = name.trim().to_lowercase().replace(['-', ' '], "_");
        self.name == plain || self.also.contains(&plain)
    }

    /// Lowest and highest temperature at which it may be used [degC].
    pub fn range(&self) -> (f64, f64) {
        if self.watery() {
            return WATERY;
        }
        let (low, high) = self.listed();
        (low - MARGIN, high + MARGIN)
    }

    /// First and last listed temperature [degC]; of a mixture, those of its greatest part.
    pub fn listed(&self) -> (f64, f64) {
        let greatest = self.parts.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some(Ok(part)) = greatest.map(|(name, _)| medium_entry(name)) {
            return part.listed();
        }
        let t = |p: Option<&MediumPoint>| p.map_or(0.0, |p| p.temperature);
        (t(self.points.first()), t(self.points.last()))
    }

    /// The medium at `celsius` [degC].
    ///
    /// # Errors
    /// [`LibraryError`] outside the temperatures at which it may be used, or if density or viscosity are not known.
    pub fn at(&self, celsius: f64) -> Result<Medium, LibraryError> {
        let unusable = |why: String| LibraryError::Unusable {
            medium: self.name.clone(),
            why,
        };
        if let Some(why) = &self.refused {
            return Err(unusable(why.clone()));
        }
        let (low, high) = self.range();
        if !(low..=high).contains(&celsius) {
            return Err(LibraryError::Temperature {
                medium: self.name.clone(),
                low,
                high,
                asked: celsius,
            });
        }
        if !self.parts.is_empty() {
            let parts: Vec<(&str, f64)> = self.parts.iter().map(|(n, v)| (n.as_str(), *v)).collect();
            return mixture(&parts, celsius);
        }
        let ratio = |p: &MediumPoint| {
            self.viscosity_ratio
                .or_else(|| p.viscosity.map(|v| v / water_viscosity(p.temperature)))
        };
        // the neighbours of the temperature, or the two at the nearer end
        let above = self.points.partition_point(|p| p.temperature < celsius);
        let last = self.points.len().saturating_sub(1);
        let (i, j) = (
            above.saturating_sub(1).min(last.saturating_sub(1)),
            above.clamp(1.min(last), last),
        );
        let (Some(a), Some(b)) = (self.points.get(i), self.points.get(j)) else {
            return Err(unusable("no temperature is listed".into()));
        };
        let (Some(ra), Some(rb)) = (ratio(a), ratio(b)) else {
            return Err(unusable(format!(
                "its viscosity is not in the library; give `{}` instead of `medium`",
                self.own_numbers()
            )));
        };
        let x = if b.temperature > a.temperature {
            (celsius - a.temperature) / (b.temperature - a.temperature)
        } else {
            0.0
        };
        let (first, end) = self.listed();
        let (density, x) = if self.watery() {
            // beyond the points the ratios stay what they are there
            let x = x.clamp(0.0, 1.0);
            let [ra, rb] = [a, b].map(|p| p.density / water_density(p.temperature));
            ((ra + x * (rb - ra)) * water_density(celsius), x)
        } else {
            (a.density + x * (b.density - a.density), x)
        };
        let beyond = !(first - MARGIN..=end + MARGIN).contains(&celsius);
        Ok(Medium {
            fluid: Fluid {
                density,
                viscosity: (ra + x * (rb - ra)) * water_viscosity(celsius),
            },
            aggregation: self.aggregation.clone(),
            share: 1.0,
            assumed: self
                .beyond
                .iter()
                .filter(|_| beyond)
                .map(|b| self.assumption(b))
                .collect(),
            source: self.source.clone(),
            status: self.status,
        })
    }

    /// `plasma is listed from 20 to 37 degC: its density ..`
    fn assumption(&self, beyond: &str) -> String {
        let (first, last) = self.listed();
        let listed = if first < last {
            format!("from {} to {} degC", digits(first, 4), digits(last, 4))
        } else {
            format!("at {} degC", digits(first, 4))
        };
        format!("{} is listed {listed}: {beyond}", self.name)
    }

    /// What a scene has to give in its place, with numbers to fill in. Red cells aggregate in it as in the medium.
    pub fn own_numbers(&self) -> String {
        let aggregation = match &self.aggregation {
            Some(column) => format!("\"{column}\""),
            None => "1".into(),
        };
        format!(
            "fluid = {{ density = \"... g/mL\", viscosity = \"... mPa s\", aggregation = {aggregation} }}"
        )
    }

    /// The temperatures it may be used at, for people: "17 to 40 degC".
    pub fn range_text(&self) -> String {
        let (low, high) = self.range();
        format!("{} to {} degC", digits(low, 4), digits(high, 4))
    }
}

/// All media, in the order of their names.
///
/// # Errors
/// [`LibraryError::Data`] if the embedded file is damaged.
pub fn media() -> Result<&'static [MediumEntry], LibraryError> {
    static ALL: LazyLock<Result<Vec<MediumEntry>, LibraryError>> =
        LazyLock::new(|| load(include_str!("../../data/media.toml")));
    ALL.as_deref().map_err(Clone::clone)
}

/// A medium at a temperature [degC].
///
/// # Errors
/// [`LibraryError`] if it is not listed, not at that temperature, or not a suspending fluid of known viscosity.
pub fn medium(name: &str, celsius: f64) -> Result<Medium, LibraryError> {
    medium_entry(name)?.at(celsius)
}

/// What the library has of a medium, by its name or another that it has.
///
/// # Errors
/// [`LibraryError`] if it is not listed.
pub fn medium_entry(name: &str) -> Result<&'static MediumEntry, LibraryError> {
    let all = media()?;
    all.iter().find(|m| m.is_called(name)).ok_or_else(|| {
        unknown(
            "medium",
            name,
            all.iter().map(|m| (m.name.as_str(), m.also.as_slice())),
        )
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMedium {
    label: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    anticoagulant: bool,
    #[serde(default)]
    composition: String,
    #[serde(rename = "osmolality_mosm")]
    osmolality: Option<f64>,
    aggregation: Option<String>,
    viscosity_ratio: Option<f64>,
    refused: Option<String>,
    #[serde(default)]
    points: Vec<RawPoint>,
    beyond: Option<String>,
    #[serde(default)]
    parts: BTreeMap<String, f64>,
    source: String,
    status: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPoint {
    temperature: String,
    density: String,
    viscosity: Option<String>,
    source: String,
    status: Status,
}

/// Reads a media library.
pub(super) fn load(text: &str) -> Result<Vec<MediumEntry>, LibraryError> {
    let raw: BTreeMap<String, RawMedium> = toml::from_str(text).map_err(|e| damaged(FILE, e))?;
    raw.into_iter()
        .map(|(name, r)| {
            let mut points = Vec::new();
            for p in &r.points {
                let read = |text: &str, d| quantity(FILE, &name, text, d);
                points.push(MediumPoint {
                    temperature: read(&p.temperature, Dimension::Temperature)?,
                    density: read(&p.density, Dimension::Density)?,
                    viscosity: p
                        .viscosity
                        .as_deref()
                        .map(|v| read(v, Dimension::Viscosity))
                        .transpose()?,
                    source: p.source.clone(),
                    status: p.status,
                });
            }
            points.sort_by(|a, b| a.temperature.total_cmp(&b.temperature));
            Ok(MediumEntry {
                name,
                also: r.also,
                label: r.label,
                anticoagulant: r.anticoagulant,
                composition: r.composition,
                osmolality: r.osmolality,
                aggregation: r.aggregation,
                viscosity_ratio: r.viscosity_ratio,
                refused: r.refused,
                points,
                beyond: r.beyond,
                parts: r.parts.into_iter().collect(),
                source: r.source,
                status: r.status,
            })
        })
        .collect()
}
