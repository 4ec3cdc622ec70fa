//! V10: what the grid and the interval between solves of the flow change.

use super::collection::{bundled, collect, share};
use super::{Case, Check, Lab, Reference};
use crate::Error;

pub(crate) const CASE: Case = Case {
    id: "V10",
    method: "the bundled scene leukapheresis_mnc, its bed there at the start and half as long: share of the fed cells that is collected in its last \
             fifth, with another grid or interval less that with 24 columns, 144 levels and 0.2 s",
    on_host: true,
    run,
};

/// Species of the scene that are compared.
const SPECIES: [(&str, &str); 4] = [
    ("lymphocyte", "lymphocytes"),
    ("monocyte", "monocytes"),
    ("neutrophil", "neutrophils"),
    ("platelet", "platelets"),
];

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let mut of = |change: Option<(&str, &str)>| -> Result<[f64; 4], Error> {
        let channel = bundled(change.as_slice())?;
        let (channel, found) = collect(lab, channel, 0.5)?;
        Ok(SPECIES.map(|(wanted, _)| share(&channel, &found, |_, name| name == wanted)))
    };
    let base = of(None)?;
    let mut checks = Vec::new();
    for (what, path, value) in [
        ("12 columns", "channel.grid", "[12, 144]"),
        ("48 columns", "channel.grid", "[48, 144]"),
        ("288 levels", "channel.grid", "[24, 288]"),
        ("0.1 s", "channel.solve_every", "0.1 s"),
        ("0.5 s", "channel.solve_every", "0.5 s"),
    ] {
        let other = of(Some((path, value)))?;
        for (k, (_, name)) in SPECIES.iter().enumerate() {
            checks.push(c.check(&format!("{name}, {what}"), "%", other[k] - base[k])?);
        }
    }
    Ok(checks)
}
