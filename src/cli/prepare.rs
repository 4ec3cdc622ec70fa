//! What a scene needs before its parcels are drawn: the table of its field, and what its collectors catch.

use super::progress::Preparing;
use buffycoat::Error;
use buffycoat::devices::Decision;
use buffycoat::magnets::Table;
use buffycoat::scenario::Scene;

/// Computes the field and finds what the collectors catch; `wait` shows a person what takes so long.
pub fn prepare(
    scene: &mut Scene,
    decision: &Decision,
    wait: &dyn Fn(&'static str) -> Preparing,
) -> Result<Option<Table>, Error> {
    let magnets = scene.setup.field.is_some();
    let shown = magnets.then(|| wait("computing the field of the magnets"));
    let table = scene.tabulate()?;
    drop(shown);
    if scene.collector.is_some() {
        let _shown = wait("finding what the collectors catch");
        let pilot = decision.pilot()?;
        scene.survey(&mut |collector, starts| pilot.fly(collector, starts))?;
    }
    Ok(table)
}
