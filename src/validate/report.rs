//! What came of a case, on one device.

use super::{Case, Check, Lab, Report};
use crate::Error;
use crate::library;
use serde_json::{Value, json};
use std::path::Path;

pub(super) fn report(case: &Case, checks: Vec<Check>, lab: Lab<'_>, seconds: f64) -> Result<Report, Error> {
    let reference = library::case(case.id)?;
    let device = lab
        .work
        .device
        .ok_or_else(|| Error::Internal(format!("case {} ran nothing", case.id)))?;
    Ok(Report {
        id: case.id.to_owned(),
        topic: reference.topic.clone(),
        method: case.method.to_owned(),
        checks,
        backend: device.backend.to_owned(),
        device: device.to_string(),
        software_device: device.software,
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

/// The reports for a program to read, with what came of them. What is not a number becomes null.
pub fn json(reports: &[Report]) -> String {
    let one = |r: &Report| {
        let mut out = json!(r);
        out["passed"] = r.passed().into();
        out
    };
    let all: Vec<Value> = reports.iter().map(one).collect();
    let document = json!({ "passed": reports.iter().all(Report::passed), "cases": all });
    format!("{document:#}\n")
}

/// The record that a file has, as `record` wrote it.
///
/// # Errors
/// [`Error::Disk`] where it cannot be read, [`Error::Input`] where it is no record.
pub fn kept(path: &Path) -> Result<Vec<Report>, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::disk(path))?;
    serde_json::from_str(&text).map_err(|e| {
        Error::Input(format!(
            "{}: this is no record of validation cases: {e}",
            path.display()
        ))
    })
}

/// A record with some of its reports replaced by newer ones of the same cases and back-ends, in the order in which a whole run gives them. Those
/// of cases that are not run any more are left out.
pub fn renewed(record: &[Report], newer: &[Report]) -> Vec<Report> {
    let mut out = Vec::new();
    for backend in ["cpu", "gpu"] {
        for case in super::ALL {
            let of = |all: &[Report]| {
                all.iter()
                    .find(|r| r.id == case.id && r.backend == backend)
                    .cloned()
            };
            out.extend(of(newer).or_else(|| of(record)));
        }
    }
    out
}

/// The same to be kept: `data/validation.json`.
pub fn record(reports: &[Report]) -> String {
    format!("{:#}\n", json!(reports))
}
