//! `buffycoat list`: what the library and the program hold, with where it comes from.

use super::failure::Failure;
use super::print;
use super::text::wrap;
use buffycoat::kernels::{self, Over};
use buffycoat::library::{self, LibraryError, Sourced, SpeciesEntry, near};
use buffycoat::magnets::{MATERIALS, Nature};
use buffycoat::model::Status;
use buffycoat::scenario::{BUNDLED, Scene};
use buffycoat::units::{Dimension, counted, digits, show};
use buffycoat::{Error, constants, validate};
use clap::{Args, ValueEnum};

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Of what; what can be listed if left out
    what: Option<What>,
    /// Only the one of this name; of a scene, its text
    name: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// Cells: sizes, densities, concentrations, drag, packing, aggregation
    Species,
    /// Suspending fluids against temperature
    Media,
    /// Magnetic beads and labels
    Beads,
    /// What magnets can be made of, and the most that it can give
    Materials,
    /// Scenes that run by their name
    Scenes,
    /// Published and exact results, and which of them `validate` compares the engine with
    Cases,
    /// What a back-end computes, with the tolerances between back-ends
    Kernels,
    /// What R1, R2, ... in the other lists stand for
    Sources,
}

pub fn list(options: &Options) -> Result<(), Failure> {
    let Some(what) = options.what else {
        return print(&lists());
    };
    let entries = match what {
        What::Species => species()?,
        What::Media => media()?,
        What::Beads => beads()?,
        What::Materials => materials(),
        What::Scenes => scenes(options.name.is_some())?,
        What::Cases => cases()?,
        What::Kernels => kernels(),
        What::Sources => sources(),
    };
    let Some(name) = &options.name else {
        let all: Vec<&str> = entries.iter().map(|(_, text)| text.as_str()).collect();
        let (between, hint) = match what {
            What::Scenes => ("", SCENES_HINT),
            What::Species | What::Media | What::Beads | What::Cases => ("\n", SOURCES_HINT),
            What::Kernels => ("\n", ""),
            What::Materials | What::Sources => ("", ""),
        };
        let hint = if hint.is_empty() {
            String::new()
        } else {
            format!("\n{hint}\n")
        };
        return print(&(all.join(between) + &hint));
    };
    match entries.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
        Some((_, text)) => print(text),
        None => {
            // the library also knows other words for what it has
            let known = match what {
                What::Species => library::species_entry(name).err(),
                What::Media => library::medium_entry(name).err(),
                What::Beads => library::bead(name).err(),
                _ => None,
            };
            let meant = match known {
                Some(LibraryError::Unknown { meant, .. }) => meant,
                _ => near(name, entries.iter().map(|(n, _)| n.as_str())),
            };
            let hint = meant
                .advice("`")
                .map_or_else(String::new, |help| format!("; {help}"));
            let what = what.to_possible_value();
            let what = what.as_ref().map_or("list", |v| v.get_name());
            Err(Error::Input(format!("there is no `{name}` among the {what}{hint}")).into())
        }
    }
}

/// What can be listed.
fn lists() -> String {
    let mut out = String::from("`buffycoat list` shows one of these:\n\n");
    for what in What::value_variants()
        .iter()
        .filter_map(ValueEnum::to_possible_value)
    {
        let help = what.get_help().map(ToString::to_string).unwrap_or_default();
        out.push_str(&wrap(&format!("  {:10}", what.get_name()), &help));
    }
    out + "\ne.g. `buffycoat list species`; add a name to show only that entry\n"
}

const SCENES_HINT: &str =
    "`buffycoat run NAME` runs one; `buffycoat list scenes NAME` prints its text, a start for your own";
const SOURCES_HINT: &str = "`buffycoat list sources` says what R1, R2, ... are";

/// Name and text.
type Entries = Vec<(String, String)>;

/// Width of the column of what is said.
const LABEL: usize = 18;
/// Width of the column of values.
const VALUE: usize = 27;

/// How well a number is known; what is not to be quoted as fact stands out.
fn status(status: Status) -> &'static str {
    match status {
        Status::Read => "read",
        Status::Derived => "derived",
        Status::Fit => "fit",
        Status::Unverified => "UNVERIFIED",
    }
}

/// A line of what is known, how well, and from where.
fn line(label: &str, value: &str, known: &str, source: &str) -> String {
    wrap(&format!("  {label:LABEL$}{value:VALUE$}{known:12}"), source)
}

/// `value ± sd unit`.
fn spread(s: &Sourced, dimension: Dimension) -> String {
    let text = show(s.value, dimension);
    if s.sd() == 0.0 {
        return text;
    }
    // the spread in the unit of the value
    match text.split_once(' ') {
        Some((number, unit)) => {
            let scale = number.parse::<f64>().map_or(1.0, |n| s.value / n);
            format!("{number} ± {} {unit}", digits(s.sd() / scale, 2))
        }
        None => text,
    }
}

fn species() -> Result<Entries, Failure> {
    Ok(library::species_entries()?
        .iter()
        .map(|s| (s.name.clone(), one_species(s)))
        .collect())
}

fn one_species(s: &SpeciesEntry) -> String {
    let mut out = wrap("", &format!("{} ({}; {})", s.name, s.label, s.shape));
    let mut add = |label: &str, value: String, by: &Sourced| {
        out.push_str(&line(label, &value, status(by.status), &by.source));
        if let Some(s) = by.spread.as_ref().filter(|s| s.sd > 0.0) {
            out.push_str(&line("  its spread", "", status(s.status), &s.source));
        }
    };
    add("diameter", spread(&s.diameter, Dimension::Length), &s.diameter);
    add("density", spread(&s.density, Dimension::Density), &s.density);
    if let Some(c) = &s.concentration {
        let per_microlitre = |x: f64| digits(x * constants::MICROLITRE, 3);
        let mut value = format!("{} /uL", per_microlitre(c.typical.value));
        if let (Some(low), Some(high)) = (c.low, c.high) {
            value = format!(
                "{} ({}-{}) /uL",
                per_microlitre(c.typical.value),
                per_microlitre(low),
                per_microlitre(high)
            );
        }
        add("concentration", value, &c.typical);
    }
    add("drag factor", digits(s.drag_factor.value, 4), &s.drag_factor);
    add(
        "packing limit",
        show(s.packing_limit.value, Dimension::Fraction),
        &s.packing_limit,
    );
    if let Some(c) = &s.correlation {
        add("size with density", digits(c.value, 3), c);
    }
    for (medium, factor) in &s.aggregation {
        add(&format!("rouleaux, {medium}"), digits(factor.value, 3), factor);
    }
    out
}

fn media() -> Result<Entries, Failure> {
    Ok(library::media()?
        .iter()
        .map(|m| {
            let made_of = if m.composition.is_empty() { "" } else { "; " };
            let mut out = wrap("", &format!("{} ({}{made_of}{})", m.name, m.label, m.composition));
            out.push_str(&line(
                "usable",
                &m.range_text(),
                status(m.status),
                m.refused.as_deref().unwrap_or(&m.source),
            ));
            let mut add = |label: &str, text: String| {
                if !text.is_empty() {
                    out.push_str(&wrap(&format!("  {label:LABEL$}"), &text));
                }
            };
            add("also called", m.also.join(", "));
            let parts = m
                .parts
                .iter()
                .map(|(name, v)| format!("{} of {name}", digits(*v, 4)));
            add("volumes", parts.collect::<Vec<_>>().join(", "));
            add("away from points", m.beyond.clone().unwrap_or_default());
            if let Some(o) = m.osmolality {
                out.push_str(&format!("  {:LABEL$}{} mOsm/kg\n", "osmolality", digits(o, 4)));
            }
            if let Some(r) = m.viscosity_ratio {
                out.push_str(&format!(
                    "  {:LABEL$}{} times that of water\n",
                    "viscosity",
                    digits(r, 4)
                ));
            }
            for p in &m.points {
                let mut value = show(p.density, Dimension::Density);
                if let Some(v) = p.viscosity {
                    value = format!("{value}, {}", show(v, Dimension::Viscosity));
                }
                out.push_str(&line(
                    &show(p.temperature, Dimension::Temperature),
                    &value,
                    status(p.status),
                    &p.source,
                ));
            }
            (m.name.clone(), out)
        })
        .collect())
}

fn beads() -> Result<Entries, Failure> {
    Ok(library::beads()?
        .iter()
        .map(|(name, b)| {
            let mut out = wrap("", &format!("{name} ({})", b.label.replace('_', " ")));
            let mut add = |label: &str, value: Option<String>| {
                if let Some(value) = value {
                    out.push_str(&wrap(&format!("  {label:LABEL$}"), &value));
                }
            };
            add("diameter", b.diameter.clone());
            add("density", b.density.clone());
            add(
                "susceptibility",
                b.mass_susceptibility_m3_per_kg.map(|x| format!("{x} m3/kg")),
            );
            add(
                "saturation",
                b.saturation_am2_per_kg.map(|x| format!("{x} A m2/kg")),
            );
            add("moment, mobility", b.moment_or_mobility.clone());
            add("beads a cell", b.number_per_cell.clone());
            add(
                "usable as `beads`",
                Some(match b.magnetic(name) {
                    Ok(_) => "yes".into(),
                    Err(_) => "no, its magnetisation is not known; `mobility` takes a measured one".into(),
                }),
            );
            add("source", Some(b.source.clone()));
            add("status", Some(b.status.clone()));
            (name.clone(), out)
        })
        .collect())
}

fn materials() -> Entries {
    MATERIALS
        .iter()
        .map(|m| {
            let most = show(m.most, Dimension::FluxDensity);
            let gives = match m.nature {
                Nature::Permanent { coercivity } => format!(
                    "a remanence of {most} at most, and a coercivity of {}",
                    show(coercivity, Dimension::FluxDensity)
                ),
                Nature::Soft => format!("saturates at {most}"),
                Nature::Current => format!("{most} at most"),
            };
            let text = format!("{gives}: {} ({})", m.source, m.status);
            (m.name.to_owned(), wrap(&format!("{:VALUE$}", m.name), &text))
        })
        .collect()
}

fn scenes(whole: bool) -> Result<Entries, Failure> {
    let mut out = Entries::new();
    for (name, text) in BUNDLED {
        let shown = if whole {
            (*text).to_owned()
        } else {
            let scene = Scene::from_str(&format!("{name}.toml"), text)?;
            wrap(
                &format!("{name:26}"),
                &format!(
                    "{}; {}, {}",
                    &scene.title,
                    match &scene.setup.channel {
                        Some(_) => "finite volumes".to_owned(),
                        None => counted(scene.setup.parcels(), "parcel"),
                    },
                    show(scene.setup.protocol.duration(), Dimension::Time)
                ),
            )
        };
        out.push(((*name).to_owned(), shown));
    }
    Ok(out)
}

fn cases() -> Result<Entries, Failure> {
    Ok(library::cases()?
        .iter()
        .map(|c| {
            let run = validate::ALL.iter().any(|run| run.id == c.id);
            let run = if run { "run by `validate`" } else { "not run yet" };
            let mut out = wrap("", &format!("{} {} ({}; {run})", c.id, c.topic, c.kind));
            let mut row = |label: &str, text: &str| {
                if !text.is_empty() {
                    out.push_str(&wrap(&format!("  {label:LABEL$}"), text));
                }
            };
            row("setup", &c.setup);
            row("observable", &c.observable);
            for (i, e) in c.expected.iter().enumerate() {
                let mut text = e.to_string();
                if let Some(why) = &e.not_compared {
                    text += &format!("; not compared: {why}");
                }
                row(if i == 0 { "expected" } else { "" }, &text);
            }
            row("tolerance", &c.tolerance.to_string());
            row("formula", &c.formula);
            let known = c.status.replace("unverified", "UNVERIFIED");
            out.push_str(&wrap(&format!("  {known:LABEL$}"), &c.source));
            (c.id.clone(), out)
        })
        .collect())
}

fn kernels() -> Entries {
    kernels::ALL
        .iter()
        .map(|k| {
            let over = match k.over {
                Over::Parcels => "one thread a parcel",
                Over::Rounds => "threads that take parcels in turn",
                Over::Cells => "one thread a grid cell",
                Over::Patches => "one thread a patch",
                Over::Rows("image") => "one thread a pixel",
                Over::Rows(_) => "one thread a row",
            };
            let mut out = format!("{} ({over}, {} a workgroup)\n", k.name, k.workgroup);
            for o in k.outputs {
                let tolerance = if o.tolerance == 0.0 {
                    "exact".into()
                } else {
                    format!("{:.0e}", o.tolerance)
                };
                out.push_str(&wrap(&format!("  {:LABEL$}{tolerance:8}", o.buffer), o.reason));
            }
            (k.name.to_owned(), out)
        })
        .collect()
}

/// The bullets of the data's list of sources.
fn sources() -> Entries {
    include_str!("../../data/SOURCES.md")
        .lines()
        .filter_map(|l| l.strip_prefix("* "))
        .map(|l| {
            let name = l.split([' ', ',', '/']).next().unwrap_or_default();
            (name.to_owned(), format!("{l}\n"))
        })
        .collect()
}
