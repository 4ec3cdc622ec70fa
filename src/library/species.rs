//! `data/species.toml`: cells and particles.

use super::{LibraryError, damaged, quantity, unknown};
use crate::model::{CellClass, Species, Status};
use crate::units::Dimension;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const FILE: &str = "data/species.toml";

/// A number with its source and how well it is known, and its spread between cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Sourced {
    /// The value [engine units].
    pub value: f64,
    /// Where it comes from.
    pub source: String,
    /// How well it is known.
    pub status: Status,
    /// How it varies between cells, where that is said.
    pub spread: Option<Spread>,
}

/// How a number varies between cells; it has a source of its own and is seldom known as well as the mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Standard deviation [unit of the number].
    pub sd: f64,
    /// Where it comes from.
    pub source: String,
    /// How well it is known.
    pub status: Status,
}

impl Sourced {
    /// Standard deviation between cells [unit of the number]; zero where none is said.
    pub fn sd(&self) -> f64 {
        self.spread.as_ref().map_or(0.0, |s| s.sd)
    }

    fn spread_status(&self) -> Option<Status> {
        self.spread.as_ref().map(|s| s.status)
    }
}

/// Cells per um3 of circulating blood, with the usual range.
#[derive(Clone, Debug, PartialEq)]
pub struct Concentration {
    /// Typical [1/um3].
    pub typical: Sourced,
    /// Lower end of the usual range [1/um3].
    pub low: Option<f64>,
    /// Upper end of the usual range [1/um3].
    pub high: Option<f64>,
}

/// A species of the library with everything that is said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeciesEntry {
    /// Key by which scenes name it.
    pub name: String,
    /// Name for people: "Red cell".
    pub label: String,
    /// Other words for it, by which no scene names it but people may.
    pub also: Vec<String>,
    /// Family.
    pub class: CellClass,
    /// Shape in words.
    pub shape: String,
    /// Colour in pictures, sRGB.
    pub colour: [u8; 3],
    /// Volume-equivalent diameter [um].
    pub diameter: Sourced,
    /// Density [g/mL].
    pub density: Sourced,
    /// In circulating blood [1/um3], where it is known.
    pub concentration: Option<Concentration>,
    /// Drag relative to the sphere of equal volume.
    pub drag_factor: Sourced,
    /// Volume fraction at which it packs.
    pub packing_limit: Sourced,
    /// Correlation of diameter and density; none means 0.
    pub correlation: Option<Sourced>,
    /// Factor on the mobility where the cells aggregate, by medium.
    pub aggregation: BTreeMap<String, Sourced>,
}

impl SpeciesEntry {
    /// The species as the engine takes it, with the aggregation of a medium's `aggregation` column (none: single
    /// cells).
    pub fn species(&self, aggregation: Option<&str>) -> Species {
        let factor = aggregation.and_then(|a| self.aggregation.get(a));
        Species {
            name: self.name.clone(),
            class: self.class,
            diameter: self.diameter.value,
            diameter_sd: self.diameter.sd(),
            density: self.density.value,
            density_sd: self.density.sd(),
            correlation: self.correlation.as_ref().map_or(0.0, |c| c.value),
            drag_factor: self.drag_factor.value,
            packing_limit: self.packing_limit.value,
            aggregation: factor.map_or(1.0, |f| f.value),
            colour: self.colour,
            source: format!(
                "diameter: {}; density: {}",
                self.diameter.source, self.density.source
            ),
            // a species is no better known than its worst number
            status: if self.unverified(aggregation).is_empty() {
                self.density.status
            } else {
                Status::Unverified
            },
        }
    }

    /// Which of the numbers that [`SpeciesEntry::species`] hands on are unverified, in words.
    pub fn unverified(&self, aggregation: Option<&str>) -> Vec<&'static str> {
        let factor = aggregation.and_then(|a| self.aggregation.get(a));
        let status = |s: Option<&Sourced>| s.map(|s| s.status);
        [
            ("diameter", status(Some(&self.diameter))),
            ("spread of diameters", self.diameter.spread_status()),
            ("density", status(Some(&self.density))),
            ("spread of densities", self.density.spread_status()),
            ("drag factor", status(Some(&self.drag_factor))),
            ("packing limit", status(Some(&self.packing_limit))),
            ("correlation", status(self.correlation.as_ref())),
            ("aggregation", status(factor)),
        ]
        .into_iter()
        .filter(|(_, status)| *status == Some(Status::Unverified))
        .map(|(name, _)| name)
        .collect()
    }
}

/// All species, in the order of their names.
///
/// # Errors
/// [`LibraryError::Data`] if the embedded file is damaged.
pub fn species_entries() -> Result<&'static [SpeciesEntry], LibraryError> {
    static ALL: LazyLock<Result<Vec<SpeciesEntry>, LibraryError>> =
        LazyLock::new(|| load(include_str!("../../data/species.toml")));
    ALL.as_deref().map_err(Clone::clone)
}

/// The entry of one species.
///
/// # Errors
/// [`LibraryError::Unknown`] with the nearest name.
pub fn species_entry(name: &str) -> Result<&'static SpeciesEntry, LibraryError> {
    let all = species_entries()?;
    all.iter().find(|s| s.name == name).ok_or_else(|| {
        unknown(
            "species",
            name,
            all.iter().map(|s| (s.name.as_str(), s.also.as_slice())),
        )
    })
}

/// One species, aggregating as it does in a medium whose `aggregation` column is given ("plasma",
/// "saline").
///
/// # Errors
/// [`LibraryError::Unknown`] with the nearest name.
pub fn species(name: &str, aggregation: Option<&str>) -> Result<Species, LibraryError> {
    Ok(species_entry(name)?.species(aggregation))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    label: String,
    #[serde(default)]
    also: Vec<String>,
    class: CellClass,
    colour: String,
    shape: String,
    diameter: RawQuantity,
    density: RawQuantity,
    concentration: Option<RawQuantity>,
    drag_factor: RawNumber,
    packing_limit: RawQuantity,
    correlation: Option<RawNumber>,
    #[serde(default)]
    aggregation: BTreeMap<String, RawNumber>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuantity {
    value: String,
    sd: Option<String>,
    sd_status: Option<Status>,
    sd_source: Option<String>,
    low: Option<String>,
    high: Option<String>,
    status: Status,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNumber {
    value: f64,
    status: Status,
    source: String,
}

/// Reads a species library.
pub(super) fn load(text: &str) -> Result<Vec<SpeciesEntry>, LibraryError> {
    let raw: BTreeMap<String, RawEntry> = toml::from_str(text).map_err(|e| damaged(FILE, e))?;
    raw.into_iter().map(|(name, r)| entry(name, r)).collect()
}

fn entry(name: String, r: RawEntry) -> Result<SpeciesEntry, LibraryError> {
    let at = |key: &str| format!("{name}.{key}");
    let sourced = |key: &str, q: &RawQuantity, d: Dimension| -> Result<Sourced, LibraryError> {
        let mut out = said(
            &at(key),
            quantity(FILE, &at(key), &q.value, d)?,
            &q.source,
            q.status,
        )?;
        out.spread = match (&q.sd, &q.sd_source, q.sd_status) {
            (None, None, None) => None,
            (Some(sd), Some(source), Some(status)) => {
                let s = said(&at(key), quantity(FILE, &at(key), sd, d)?, source, status)?;
                Some(Spread {
                    sd: s.value,
                    source: s.source,
                    status: s.status,
                })
            }
            _ => {
                let what = format!("{}: `sd`, `sd_status` and `sd_source` go together", at(key));
                return Err(damaged(FILE, what));
            }
        };
        Ok(out)
    };
    let number = |key: &str, n: &RawNumber| said(&at(key), n.value, &n.source, n.status);
    let concentration = match &r.concentration {
        None => None,
        Some(q) => {
            let end = |t: &Option<String>| {
                t.as_deref()
                    .map(|t| quantity(FILE, &at("concentration"), t, Dimension::Concentration))
                    .transpose()
            };
            Some(Concentration {
                typical: sourced("concentration", q, Dimension::Concentration)?,
                low: end(&q.low)?,
                high: end(&q.high)?,
            })
        }
    };
    Ok(SpeciesEntry {
        diameter: sourced("diameter", &r.diameter, Dimension::Length)?,
        density: sourced("density", &r.density, Dimension::Density)?,
        concentration,
        drag_factor: number("drag_factor", &r.drag_factor)?,
        packing_limit: sourced("packing_limit", &r.packing_limit, Dimension::Fraction)?,
        correlation: r
            .correlation
            .as_ref()
            .map(|c| number("correlation", c))
            .transpose()?,
        aggregation: r
            .aggregation
            .iter()
            .map(|(medium, n)| Ok((medium.clone(), number(&format!("aggregation.{medium}"), n)?)))
            .collect::<Result<_, LibraryError>>()?,
        colour: colour(&r.colour)
            .ok_or_else(|| damaged(FILE, format!("{}: `{}` is not #rrggbb", at("colour"), r.colour)))?,
        label: r.label,
        also: r.also,
        class: r.class,
        shape: r.shape,
        name,
    })
}

fn said(key: &str, value: f64, source: &str, status: Status) -> Result<Sourced, LibraryError> {
    if source.trim().is_empty() {
        return Err(damaged(FILE, format!("{key}: the source is empty")));
    }
    Ok(Sourced {
        value,
        source: source.to_owned(),
        status,
        spread: None,
    })
}

/// `#rrggbb`.
pub(crate) fn colour(text: &str) -> Option<[u8; 3]> {
    let hex = text.strip_prefix('#').filter(|h| h.len() == 6 && h.is_ascii())?;
    let part = |i: usize| hex.get(i..i + 2).and_then(|h| u8::from_str_radix(h, 16).ok());
    Some([part(0)?, part(2)?, part(4)?])
}
