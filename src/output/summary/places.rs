//! The outlets and surfaces of a duct, and what came to them.

use super::read::perhaps_share;
use crate::constants::SECOND;
use crate::engine::Setup;
use crate::kernels::passage::{FREE, OUT, WAITING};
use crate::observe::{Content, Fraction, Place, Sorting, Steady};
use crate::units::digits;
use serde::{Deserialize, Serialize};

/// What came to every place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceResults {
    /// By place.
    pub fractions: Vec<FractionRow>,
    /// What surfaces held when the magnets first went off; null if they never did.
    pub held_until_release: Option<ReleasedRow>,
    /// How full a matrix was at its fullest, as a share of the cells that it holds.
    pub matrix_filled: Option<f64>,
    /// Cells fed a second, without free beads; null where the sample filled the duct.
    pub throughput_cells_per_s: Option<f64>,
    /// Since when cells arrive at constant rates; null where nothing is fed.
    pub steady: Option<SteadyRow>,
}

/// What surfaces held when the magnets first went off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleasedRow {
    /// When [s].
    pub time_s: f64,
    /// By surface.
    pub fractions: Vec<FractionRow>,
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlaceKind {
    /// Where fluid leaves.
    #[serde(rename = "outlet")]
    Outlet,
    /// A wall or matrix that holds.
    #[serde(rename = "surface")]
    Surface,
    /// Inside, or not yet in.
    #[serde(rename = "on the way")]
    OnTheWay,
}

/// What is in one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FractionRow {
    /// Its name.
    pub place: String,
    /// What it is.
    pub kind: PlaceKind,
    /// All cells.
    pub cells: f64,
    /// All free beads.
    pub free_beads: f64,
    /// Times that 10, 50 and 90 % of the cells took from entering to here [s].
    pub time_from_entry_s: Option<[f64; 3]>,
    /// By species.
    pub species: Vec<PartRow>,
}

/// One species in one place; see [`Content`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct PartRow {
    pub species: String,
    pub parcels: u64,
    pub cells: f64,
    pub free_beads: f64,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub recovery: Option<f64>,
    pub recovery_95: Option<[f64; 2]>,
    #[serde(default, deserialize_with = "perhaps_share")]
    pub purity: Option<f64>,
    pub purity_95: Option<[f64; 2]>,
    pub enrichment: Option<f64>,
    #[serde(default)]
    pub enrichment_95: Option<[f64; 2]>,
    pub log10_depletion: Option<f64>,
    #[serde(default)]
    pub log10_depletion_95: Option<(f64, Option<f64>)>,
    /// Where no parcel is here, the depletion is above this.
    pub log10_depletion_above: Option<f64>,
    #[serde(default)]
    pub time_from_entry_s: Option<[f64; 3]>,
}

/// Since when the rates are steady: of all cells, and of every species by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct SteadyRow {
    pub since_s: Option<f64>,
    #[serde(default)]
    pub fed_cells_per_s: Option<f64>,
    #[serde(default)]
    pub rates: Vec<Rate>,
    #[serde(default)]
    pub species: Vec<SteadySpeciesRow>,
}

/// How many come to a place; cells, but of a species of free beads those.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct Rate {
    pub place: String,
    pub per_s: Option<f64>,
}

/// The same of one species.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each name is its quantity and unit")]
pub struct SteadySpeciesRow {
    pub species: String,
    pub since_s: Option<f64>,
    pub fed_per_s: f64,
    /// Changes of a rate that its parcels can tell, as a share of what is fed; null where nothing is fed.
    pub seen_above: Option<f64>,
    pub rates: Vec<Rate>,
}

impl PlaceResults {
    pub(super) fn of(setup: &Setup, found: &Sorting) -> Self {
        let s = &found.separation;
        let names: Vec<&str> = setup.components.iter().map(|c| c.species.name.as_str()).collect();
        let rows = |fractions: &[Fraction]| fractions.iter().map(|f| fraction(f, &names)).collect();
        Self {
            fractions: rows(&s.fractions),
            held_until_release: s.released.as_ref().map(|before| ReleasedRow {
                time_s: before.time / SECOND,
                fractions: rows(&before.fractions),
            }),
            matrix_filled: s.filled(setup).map(|full| full.0),
            throughput_cells_per_s: s.throughput,
            steady: found.steady.as_ref().map(|x| steady(&s.fractions, x, &names)),
        }
    }
}

fn kind(place: &Place) -> PlaceKind {
    match place.end {
        true if place.fate >= OUT => PlaceKind::Outlet,
        true => PlaceKind::Surface,
        false => PlaceKind::OnTheWay,
    }
}

fn took(times: Option<[f64; 3]>) -> Option<[f64; 3]> {
    times.map(|t| t.map(|x| x / SECOND))
}

fn fraction(part: &Fraction, names: &[&str]) -> FractionRow {
    FractionRow {
        place: part.place.name.clone(),
        kind: kind(&part.place),
        cells: part.cells,
        free_beads: part.beads,
        time_from_entry_s: took(part.took),
        species: part
            .species
            .iter()
            .zip(names)
            .map(|(c, name)| row(c, name))
            .collect(),
    }
}

fn row(c: &Content, name: &str) -> PartRow {
    PartRow {
        species: name.to_owned(),
        parcels: c.parcels,
        cells: c.cells,
        free_beads: c.beads,
        recovery: Some(c.recovery).filter(|x| x.is_finite()),
        recovery_95: Some(c.recovery_range),
        purity: c.purity,
        purity_95: c.purity_range,
        enrichment: c.enrichment,
        enrichment_95: c.enrichment_range,
        log10_depletion: c.depletion.filter(|_| c.parcels > 0),
        log10_depletion_95: c.depletion_range,
        log10_depletion_above: c.depletion.filter(|_| c.parcels == 0),
        time_from_entry_s: took(c.took),
    }
}

fn steady(fractions: &[Fraction], x: &Steady, names: &[&str]) -> SteadyRow {
    let rates = |rate: &[f64]| {
        let ends = fractions.iter().filter(|p| p.place.end);
        ends.map(|p| Rate {
            place: p.place.name.clone(),
            per_s: rate.get(p.place.fate as usize).copied(),
        })
        .collect()
    };
    SteadyRow {
        since_s: x.since.map(|t| t / SECOND),
        fed_cells_per_s: Some(x.fed),
        rates: rates(&x.rate),
        species: names
            .iter()
            .zip(&x.species)
            .map(|(name, one)| SteadySpeciesRow {
                species: (*name).to_owned(),
                since_s: one.since.map(|t| t / SECOND),
                fed_per_s: one.fed,
                seen_above: (one.fed > 0.0).then_some(one.within),
                rates: rates(&one.rate),
            })
            .collect(),
    }
}

/// Share of what a matrix holds from which on it is said to be full.
const FULL: f64 = 0.99;

/// Share of the parcels that may be inside at the end of a run with a flow; some creep along a wall.
const STILL_INSIDE: f64 = 0.01;

/// What has to be warned of in how a run ended.
pub(super) fn warnings(setup: &Setup, found: &Sorting) -> Vec<String> {
    let s = &found.separation;
    let mut out = Vec::new();
    if let Some((part, cells)) = s.filled(setup).filter(|full| full.0 >= FULL) {
        out.push(format!(
            "the matrix became full ({} % of the {cells:.3e} cells that it holds): what came later passed it",
            digits(100.0 * part, 3)
        ));
    }
    let left = |fate: u32| {
        let of = s.fractions.iter().find(|f| f.place.fate == fate);
        of.map_or(0, |f| f.species.iter().map(|c| c.parcels).sum::<u64>())
    };
    let all: u64 = s.parcels.iter().sum();
    let waiting = left(WAITING);
    if waiting > 0 {
        out.push(format!(
            "the run ended before the feed: {waiting} of {all} parcels had not come in"
        ));
    }
    let inside = left(FREE);
    if setup.stream.is_some() && inside as f64 > STILL_INSIDE * all as f64 {
        out.push(format!(
            "the run ended with {inside} of {all} parcels inside, on their way or back at the inlet"
        ));
    }
    if !s.conserved {
        out.push("the counts do not add up to the parcels put in".into());
    }
    out
}
