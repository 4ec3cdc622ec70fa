//! N04, C38, C39: what the bundled channel collects, against what procedures have collected.

use super::{COLLECT, Case, Check, Lab, Reference};
use crate::Error;
use crate::continuum::{Channel, Findings};
use crate::model::CellClass;
use crate::scenario::Scene;
use crate::scenario::amend::Amended;

pub(crate) const MONONUCLEAR: Case = Case {
    id: "N04",
    method: "the bundled scene leukapheresis_mnc with 60 CD34+ cells per uL, its bed there at the start; last fifth of the collection. Of leukocytes \
             it has lymphocytes, monocytes and neutrophils",
    on_host: true,
    run: mononuclear,
};

pub(crate) const BY_HAEMATOCRIT: Case = Case {
    id: "C38",
    method: "as N04, with haematocrits of 35 and 45 %: share of the CD34+ cells that is collected at a moment, which is CE2 for a donor who does not \
             change",
    on_host: true,
    run: by_haematocrit,
};

pub(crate) const BY_WHITE_COUNT: Case = Case {
    id: "C39",
    method: "as N04, with its leukocytes and with five times as many, 33 000 per uL; CD34+ cells",
    on_host: true,
    run: by_white_count,
};

const SCENE: &str = include_str!("../../../examples/scenes/leukapheresis_mnc.toml");

/// Name of the bundled scene.
const NAME: &str = "leukapheresis_mnc.toml";

/// Mobilised progenitors, which the scene does not have.
const CD34: (&str, &str) = ("sample.cells.cd34_mobilised", "60 /uL");

/// The bundled channel in its second phase, with these changes to the scene.
pub(super) fn bundled(changes: &[(&str, &str)]) -> Result<Channel, Error> {
    let mut text = Amended::new(SCENE);
    for (path, value) in changes {
        text.set(&format!("{path}={value}"), path, value)?;
    }
    let scene = Scene::from_str(NAME, &text.text)?;
    let channel = scene.setup.channel;
    channel
        .map(|c| *c)
        .ok_or_else(|| Error::Internal(format!("{NAME} has no channel")))
}

/// The last fifth of the collection, in a channel whose bed is there at the start, and the channel.
pub(super) fn collect(lab: &mut Lab<'_>, channel: Channel, part: f64) -> Result<(Channel, Findings), Error> {
    let phase = channel.phases.last().cloned();
    let phase = phase.ok_or_else(|| Error::Internal(format!("{NAME} has no phases")))?;
    let depth = phase.control.map_or(0.5 * channel.size[1], |(_, c)| c.depth);
    let seconds = part * phase.duration / crate::constants::SECOND;
    let mut run = lab.channel(channel)?.with_bed(depth, 0.8);
    lab.watch(&mut run, &phase, 0.8 * seconds)?;
    let found = lab.watch(&mut run, &phase, 0.2 * seconds)?;
    Ok((run.channel().clone(), found))
}

/// Share of the fed cells of some species that is collected [%].
pub(super) fn share(channel: &Channel, found: &Findings, of: impl Fn(CellClass, &str) -> bool) -> f64 {
    let (mut fed, mut taken) = (0.0, 0.0);
    for (k, c) in channel.components.iter().enumerate() {
        if of(c.species.class, &c.species.name) {
            fed += found.fed[k];
            taken += found.ports[COLLECT].species[k].cells;
        }
    }
    100.0 * taken / fed
}

/// Lymphocytes and monocytes; CD34+ cells are too few to count.
fn is_mononuclear(_: CellClass, name: &str) -> bool {
    matches!(name, "lymphocyte" | "monocyte")
}

fn is_cd34(_: CellClass, name: &str) -> bool {
    name == "cd34_mobilised"
}

fn mononuclear(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let channel = bundled(&[CD34])?;
    let (channel, found) = collect(lab, channel, 1.0)?;
    let bag = &found.ports[COLLECT];
    let of = |wanted: &dyn Fn(CellClass, &str) -> bool| -> f64 {
        let all = channel.components.iter().zip(&bag.species);
        all.filter(|(c, _)| wanted(c.species.class, &c.species.name))
            .map(|(_, s)| s.cells)
            .sum()
    };
    let white = of(&|class, _| class == CellClass::Leukocyte);
    Ok(vec![
        c.check(
            "CE, mononuclear cells",
            "%",
            share(&channel, &found, is_mononuclear),
        )?,
        c.check("CE, CD34+ cells", "%", share(&channel, &found, is_cd34))?,
        c.check(
            "CE, platelets",
            "%",
            share(&channel, &found, |class, _| class == CellClass::Platelet),
        )?,
        c.check("haematocrit of the product", "%", 100.0 * bag.haematocrit)?,
        c.check(
            "granulocytes, of the leukocytes of the product",
            "%",
            100.0 * of(&|_, name| name == "neutrophil") / white,
        )?,
    ])
}

/// Share of the CD34+ cells that is collected of the sample with these changes [%].
fn progenitors(lab: &mut Lab<'_>, changes: &[(&str, &str)]) -> Result<f64, Error> {
    let (channel, found) = collect(lab, bundled(&[&[CD34], changes].concat())?, 1.0)?;
    Ok(share(&channel, &found, is_cd34))
}

fn by_haematocrit(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let mut of = |value: &str| progenitors(lab, &[("sample.haematocrit", value)]);
    let (low, high) = (of("35 %")?, of("45 %")?);
    Ok(vec![c.check(
        "CE2 over haematocrit, slope",
        "",
        (high - low) / 10.0,
    )?])
}

fn by_white_count(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let many = [
        ("sample.cells.lymphocyte", "10_000 /uL"),
        ("sample.cells.monocyte", "2250 /uL"),
        ("sample.cells.neutrophil", "21_000 /uL"),
    ];
    let (few, more) = (progenitors(lab, &[])?, progenitors(lab, &many)?);
    Ok(vec![
        c.check("CE, WBC below 20", "%", few)?,
        c.check("CE, WBC of 20 or more", "%", more)?,
    ])
}
