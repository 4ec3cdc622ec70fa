//! V6: plasma is skimmed off, and nothing is collected.

use super::{Case, Check, Lab, ML_PER_MIN, PLASMA, Plain, Reference, lab};
use crate::Error;
use crate::constants::MICROLITRE;
use crate::library;
use crate::model::{Amount, CellClass, Component, Species};
use crate::units::Dimension::{Density, Length};

pub(crate) const CASE: Case = Case {
    id: "V6",
    method: "12 columns of 96 levels with a bed at the start; the interface is held with a time constant of 60 s. 240 s, then 240 s that are counted",
    on_host: true,
    run,
};

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let plain = Plain::new()?;
    let mut cells = vec![plain.red_cells(plain.anticoagulated(0.40)?)?];
    let white = |name: &str| -> Result<Species, Error> {
        let mut out = lab::cell(
            name,
            c.given(&format!("{name} diameter"), Length)?,
            c.given(&format!("{name} density"), Density)?,
        );
        out.class = CellClass::Leukocyte;
        Ok(out)
    };
    for (species, given) in [
        (white("lymphocyte")?, "lymphocytes"),
        (white("CD34+")?, "CD34+ cells"),
        (white("monocyte")?, "monocytes"),
        (white("neutrophil")?, "neutrophils"),
        (library::species("platelet", None)?, "platelets"),
    ] {
        let concentration = plain.anticoagulated(c.number(given, "/uL")?)? / MICROLITRE;
        cells.push(Component::new(species, Amount::Concentration(concentration), 1));
    }
    let mut channel = plain.channel(12, 96, cells)?;
    // no cell is faster than 0.5 mm/s, as in that program
    channel.settling.fastest = 0.255;
    let mut run = lab.channel(channel)?.with_bed(plain.interface, 0.85);
    let hold = Some((plain.interface, 60.0));
    let phase = plain.phase(200.0, plain.inlet, 23.0 * ML_PER_MIN, hold);
    lab.watch(&mut run, &phase, 240.0)?;
    let found = lab.watch(&mut run, &phase, 240.0)?;
    let stored = |k: usize| 100.0 * found.stored[k].unwrap_or(f64::NAN);
    let plasma = |k: usize| 100.0 * found.ports[PLASMA].species[k].share.unwrap_or(f64::NAN);
    Ok(vec![
        c.check("lymphocytes that stay in the channel", "%", stored(1))?,
        c.check("lymphocytes in the plasma", "%", plasma(1))?,
        c.check("CD34+ cells that stay in the channel", "%", stored(2))?,
        c.check("CD34+ cells in the plasma", "%", plasma(2))?,
        c.check("monocytes that stay in the channel", "%", stored(3))?,
        c.check("platelets in the plasma", "%", plasma(5))?,
    ])
}
