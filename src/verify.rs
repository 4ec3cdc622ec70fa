//! Every kernel against its f64 twin, on the device that the user has.

use crate::Error;
use crate::kernels::{self, Fixture, Kernel, Measured, compare};
use serde::Serialize;

/// How one output of one kernel fared over all fixtures.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Kernel.
    pub kernel: &'static str,
    /// Output buffer.
    pub output: &'static str,
    /// Fixtures compared.
    pub fixtures: usize,
    /// Elements compared.
    pub elements: usize,
    /// Greatest error.
    pub worst: f64,
    /// Greatest of the fixtures' median errors.
    pub median: f64,
    /// Greatest error allowed.
    pub tolerance: f64,
    /// Why that much.
    pub reason: &'static str,
    /// Fixture and element with the greatest error.
    pub at: String,
    /// True if the error is within the tolerance everywhere.
    pub passed: bool,
}

/// Runs a kernel on a fixture somewhere.
pub type Runner<'a> =
    dyn FnMut(&'static Kernel, &Fixture) -> Result<Vec<(&'static str, Measured)>, Error> + 'a;

/// Compares one kernel on all of its fixtures.
///
/// # Errors
/// Those of the device; a missed tolerance is a row that did not pass, not an error.
pub fn kernel(kernel: &'static Kernel, run: &mut Runner<'_>) -> Result<Vec<Row>, Error> {
    let mut rows: Vec<Row> = kernel
        .outputs
        .iter()
        .map(|o| Row {
            kernel: kernel.name,
            output: o.buffer,
            fixtures: 0,
            elements: 0,
            worst: 0.0,
            median: 0.0,
            tolerance: o.tolerance,
            reason: o.reason,
            at: String::new(),
            passed: true,
        })
        .collect();
    for fixture in (kernel.fixtures)() {
        let measured = run(kernel, &fixture)?;
        let references = (kernel.twin)(&fixture);
        for (row, output) in rows.iter_mut().zip(kernel.outputs) {
            let find = |what: &str| {
                Error::Internal(format!(
                    "{}: fixture `{}` has no {what} for {}",
                    kernel.name, fixture.label, output.buffer
                ))
            };
            let (_, reference) = references
                .iter()
                .find(|(n, _)| *n == output.buffer)
                .ok_or_else(|| find("reference"))?;
            let (_, got) = measured
                .iter()
                .find(|(n, _)| *n == output.buffer)
                .ok_or_else(|| find("measurement"))?;
            let agreement = compare(output, &fixture, reference, got)
                .map_err(|e| Error::Internal(format!("{}: {e}", kernel.name)))?;
            row.fixtures += 1;
            row.elements += agreement.elements;
            row.median = row.median.max(agreement.median);
            if agreement.worst > row.worst || row.at.is_empty() {
                row.worst = agreement.worst;
                row.at = format!("{}, element {}", fixture.label, agreement.at);
            }
            row.passed &= agreement.worst <= output.tolerance;
        }
    }
    // a kernel that was compared on nothing has not been verified
    for row in &mut rows {
        row.passed &= row.fixtures > 0 && row.elements > 0;
    }
    Ok(rows)
}

/// Compares every kernel.
///
/// # Errors
/// As [`kernel`].
pub fn all(run: &mut Runner<'_>) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for k in kernels::ALL {
        rows.extend(kernel(k, run)?);
    }
    Ok(rows)
}

/// The kernels of a graphics adapter.
///
/// # Errors
/// [`Error::Device`] when the device fails.
#[cfg(feature = "gpu")]
pub fn gpu(gpu: &crate::gpu::Gpu) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for k in kernels::ALL {
        let harness = crate::gpu::Harness::new(gpu, k)?;
        rows.extend(kernel(k, &mut |_, f| harness.run(f))?);
    }
    Ok(rows)
}

/// The loops of the CPU back-end, which are laid out otherwise than the twins.
///
/// # Errors
/// [`Error::Internal`] only.
pub fn cpu() -> Result<Vec<Row>, Error> {
    all(&mut |k, f| crate::cpu::run_fixture(k, f))
}

/// The table for a person.
pub fn table(rows: &[Row]) -> String {
    let mut out = format!(
        "{:<15} {:<11} {:>8} {:>9} {:>10} {:>10} {:>10}  {}\n",
        "kernel", "output", "fixtures", "elements", "median", "worst", "allowed", ""
    );
    for r in rows {
        let verdict = if r.passed { "ok" } else { "MISSED" };
        out += &format!(
            "{:<15} {:<11} {:>8} {:>9} {:>10.1e} {:>10.1e} {:>10.1e}  {verdict}\n",
            r.kernel, r.output, r.fixtures, r.elements, r.median, r.worst, r.tolerance
        );
        if !r.passed {
            out += &format!("    worst at {}\n", r.at);
        }
    }
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for r in rows {
        match reasons.iter_mut().find(|(reason, _)| *reason == r.reason) {
            Some((_, kernels)) if kernels.contains(&r.kernel) => {}
            Some((_, kernels)) => kernels.push(r.kernel),
            None => reasons.push((r.reason, vec![r.kernel])),
        }
    }
    out += "\nWhy these tolerances:\n";
    for (reason, kernels) in reasons {
        out += &format!("  {}: {reason}\n", kernels.join(", "));
    }
    out
}
