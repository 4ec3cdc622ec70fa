//! What came of a case, on one device.

use super::{Case, Check, Expected, Lab, Tolerance};
use crate::Error;
use crate::engine::Device;
use crate::library;
use serde_json::{Value, json};

/// A case that was run.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Name in `data/cases.toml`.
    pub id: &'static str,
    /// What it is about.
    pub topic: String,
    /// How it was measured.
    pub method: &'static str,
    /// What came out.
    pub checks: Vec<Check>,
    /// On what it ran.
    pub device: Device,
    /// Parcels of its largest run.
    pub parcels: usize,
    /// Grid cells of its finest run.
    pub layers: u32,
    /// Runs.
    pub runs: usize,
    /// Steps of all runs.
    pub steps: u64,
    /// Real time [s].
    pub seconds: f64,
    /// Where the expected values come from.
    pub source: String,
    /// What kind of reference it is: exact, experiment, ...
    pub kind: String,
    /// How well the reference is known.
    pub status: String,
    /// What else was seen, in sentences; empty if nothing.
    pub note: String,
}

impl Report {
    pub(super) fn new(case: &Case, checks: Vec<Check>, lab: Lab<'_>, seconds: f64) -> Result<Self, Error> {
        let reference = library::case(case.id)?;
        let device = lab
            .work
            .device
            .ok_or_else(|| Error::Internal(format!("case {} ran nothing", case.id)))?;
        Ok(Self {
            id: case.id,
            topic: reference.topic.clone(),
            method: case.method,
            checks,
            device,
            parcels: lab.work.parcels,
            layers: lab.work.layers,
            runs: lab.work.runs,
            steps: lab.work.steps,
            seconds,
            source: reference.source.clone(),
            kind: reference.kind.clone(),
            status: reference.status.clone(),
            note: lab.notes.join(" "),
        })
    }

    /// True if there are checks and all of them passed, those that the model was set from among them.
    pub fn passed(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|c| c.passed)
    }
}

/// The reports for a program to read. What is not a number becomes null.
pub fn json(reports: &[Report]) -> String {
    let all: Vec<Value> = reports.iter().map(one).collect();
    let document = json!({ "passed": reports.iter().all(Report::passed), "cases": all });
    format!("{document:#}\n")
}

fn one(r: &Report) -> Value {
    json!({
        "id": r.id,
        "topic": r.topic,
        "passed": r.passed(),
        "backend": r.device.backend,
        "device": r.device.to_string(),
        "software_device": r.device.software,
        "parcels": r.parcels,
        "layers": r.layers,
        "runs": r.runs,
        "steps": r.steps,
        "seconds": r.seconds,
        "method": r.method,
        "kind": r.kind,
        "source": r.source,
        "status": r.status,
        "note": r.note,
        "checks": r.checks.iter().map(check).collect::<Vec<_>>(),
    })
}

fn check(c: &Check) -> Value {
    let expected = match c.expected {
        Expected::Value(x) => json!(x),
        Expected::Band(a, b) => json!([a, b]),
    };
    let (kind, tolerance) = match c.tolerance {
        Tolerance::Relative(t) => ("relative", t),
        Tolerance::Absolute(t) => ("absolute", t),
    };
    json!({
        "quantity": c.quantity,
        "unit": c.unit,
        "expected": expected,
        "measured": c.measured,
        "standard_error": c.uncertainty,
        "error": c.error,
        "error_is": kind,
        "tolerance": tolerance,
        "passed": c.passed,
        "set_from_it": c.set,
    })
}
