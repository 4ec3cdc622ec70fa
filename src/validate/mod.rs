//! Published and exact cases, run through the engine and compared with what should come out.
//!
//! A case builds a vessel, lets [`crate::engine::run`] move its parcels on whatever back-end it is given, and looks at
//! where they are, as a camera would. It never evaluates the formula that it is compared with. Numbers that are
//! given or expected stand in `data/cases.toml`, with their units and tolerances; a case takes them by name
//! ([`reference::Reference`]). A name that the file does not have is an error, and so is a number that is expected and was
//! not compared.
//!
//! ```
//! use buffycoat::{cpu::Cpu, validate};
//! let case = validate::case("C01")?;
//! let report = validate::run(case, &|job| Ok(Box::new(Cpu::new(job, 0)?)))?;
//! assert!(report.passed());
//! # Ok::<(), buffycoat::Error>(())
//! ```

mod annular_centrifuge;
mod blood;
mod calibrated_field;
mod channel;
mod check;
mod column_overload;
mod immunomagnetic;
mod k_factor;
mod kynch;
mod kynch_centrifuge;
mod kynch_fan;
mod kynch_shock;
mod lab;
mod layer_reversal;
mod magnetic;
mod markdown;
mod pelleting;
mod platelet_rich_plasma;
mod quadrupole;
pub mod reference;
mod report;
mod selection;
mod single_wire;
mod stokes;
mod tracers;
mod track;
mod trajectory;
mod velocities;

pub use crate::library::{Check, Expected, Report, Tolerance};
pub use lab::Lab;
pub use markdown::markdown;
pub use report::{json, kept, record, renewed};

use crate::Error;
use crate::engine::{Backend, Program};
use reference::Reference;
use std::time::Instant;

/// Makes the back-end on which a run is done.
pub type Maker<'a> = dyn Fn(&Program<'_>) -> Result<Box<dyn Backend>, Error> + 'a;

/// A case that can be run.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name in `data/cases.toml`.
    pub id: &'static str,
    /// How it is measured, for people.
    pub method: &'static str,
    /// Whether the host works it out, whatever the back-end is: the flow of a channel.
    pub on_host: bool,
    /// Runs it with the numbers of the case.
    pub run: fn(&mut Lab<'_>, &Reference) -> Result<Vec<Check>, Error>,
}

/// Every case that is run, in the order of `data/cases.toml`.
pub const ALL: &[Case] = &[
    stokes::CASE,
    trajectory::CASE,
    k_factor::CASE,
    pelleting::CASE,
    kynch_shock::CASE,
    kynch_fan::CASE,
    kynch_centrifuge::CASE,
    velocities::CASE,
    layer_reversal::CASE,
    platelet_rich_plasma::CASE,
    calibrated_field::CASE,
    quadrupole::CASE,
    single_wire::CASE,
    immunomagnetic::CASE,
    column_overload::CASE,
    annular_centrifuge::CASE,
    channel::BY_HAEMATOCRIT,
    channel::BY_WHITE_COUNT,
    channel::OPERATING_CHART,
    channel::TWO_LAYERS,
    channel::LEVELLING,
    channel::INTEGRATOR,
    channel::CONTROLLER,
    channel::SKIMMING,
    channel::CAPACITY,
    channel::HAZEN,
    channel::BALANCE,
    channel::CONVERGENCE,
    channel::MONONUCLEAR,
];

/// The case with this name.
///
/// # Errors
/// [`Error::Input`] that names the cases there are.
pub fn case(id: &str) -> Result<&'static Case, Error> {
    ALL.iter().find(|c| c.id.eq_ignore_ascii_case(id)).ok_or_else(|| {
        let known = crate::library::case(id).is_ok();
        let all: Vec<&str> = ALL.iter().map(|c| c.id).collect();
        Error::Input(format!(
            "{}; those that are run: {}",
            if known {
                format!("case {id} is in the library but is not run yet")
            } else {
                format!("there is no case `{id}`")
            },
            all.join(", ")
        ))
    })
}

/// Runs `case` on the back-ends that `maker` makes.
///
/// # Errors
/// As [`crate::engine::run`], and what `maker` says; a tolerance that is missed is no error but in the report.
pub fn run(case: &Case, maker: &Maker<'_>) -> Result<Report, Error> {
    examine(case, Lab::new(maker))
}

fn examine(case: &Case, mut lab: Lab<'_>) -> Result<Report, Error> {
    let begin = Instant::now();
    let reference = Reference::case(case.id)?;
    let checks = (case.run)(&mut lab, &reference)?;
    reference.all_compared()?;
    report::report(case, checks, lab, begin.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests;
