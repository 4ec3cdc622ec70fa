//! C31: red cells without oxygen cross the annulus of a quadrupole sorter.

use super::magnetic::{filled, mean, ways};
use super::reference::Reference;
use super::{Case, Check, Lab};
use crate::Error;
use crate::chamber::duct::Section;
use crate::constants::{MICROLITRE, MILLILITRE, SECOND};
use crate::engine::{Feed, Inlet, Stream};
use crate::flow::Profile;
use crate::kernels::passage::{HELD, OUTER};
use crate::magnets::{Field, Multipole, Pose, Source};
use crate::times::Time;
use crate::units::Dimension;
use glam::DVec3;

pub(super) const CASE: Case = Case {
    id: "C31",
    method: "closed and filled, 60 s: mean growth of the logarithm of the radius, and the displacement of those near 4.17 mm; \
             plug flow of 600 s through the annulus, cells fed at the core: mean time until the outer wall holds them; volume \
             from the cells that fill it over their concentration",
    on_host: false,
    run,
};

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let length = |of: &str| c.given(of, Dimension::Length);
    let (inner, outer, long) = (
        length("inner radius")?,
        length("outer radius")?,
        length("length")?,
    );
    // a pole-tip field at any radius beyond the annulus
    let reference = 2.0 * outer;
    let tip = c.given("gradient", Dimension::FieldGradient)? * reference;
    let pose = Pose::about(DVec3::ZERO, DVec3::Z)?;
    let field = Field::new(vec![Source::Multipole(Multipole::quadrupole(
        pose, tip, reference, true,
    )?)])?;
    let section = Section::Annulus { inner, outer };
    let mobility = c.given("mobility", Dimension::MagneticMobility)?;
    let mut s = filled(section, long, field, mobility, 50_000);

    let seconds = 60.0;
    s.protocol = s.protocol.lasting(Time::seconds(seconds));
    s.sampling.every = s.duration();
    let (charge, end) = lab.separate(&mut s)?;
    let all = ways(&s, &charge, &end);
    // those that did not come to the wall
    let free = || all.iter().filter(|w| w.to.length() < outer - 1.0);
    let growth = mean(free().map(|w| (w.to.length() / w.from.length()).ln() / seconds));
    let at = length("radius")?;
    let near = free().filter(|w| (0.5 * (w.from.length() + w.to.length()) - at).abs() < 10.0);
    let velocity = mean(near.map(|w| {
        let middle = 0.5 * (w.from.length() + w.to.length());
        (w.to.length() - w.from.length()) / seconds * at / middle
    }));
    let volume = mean(charge.weight.iter().copied()) * charge.len() as f64 * MICROLITRE;

    s.protocol = s.protocol.at_rate(section.area() * long / (600.0 * SECOND));
    s.stream = Some(Stream::new(Profile::Plug));
    s.ports.feed = Feed::Inlets { over: SECOND };
    s.ports.inlets = vec![Inlet::of([0.0, 1e-6])];
    s.holding.outer = true;
    s.protocol = s.protocol.lasting(Time::seconds(700.0));
    s.sampling.every = s.duration().part(100);
    let (_, end) = lab.separate(&mut s)?;
    let held = end.fates.fate.iter().zip(&end.fates.clock);
    let held: Vec<&[f32; 2]> = held
        .filter(|(fate, _)| **fate == HELD + OUTER)
        .map(|(_, clock)| clock)
        .collect();
    if held.len() < end.fates.fate.len() {
        lab.note(format!(
            "{} of {} cells did not come to the outer wall.",
            end.fates.fate.len() - held.len(),
            end.fates.fate.len()
        ));
    }
    let crossing = mean(held.iter().map(|c| f64::from(c[1] - c[0]) / SECOND));
    Ok(vec![
        c.check("growth of the radius", "1/s", growth)?,
        c.check("time to cross the annulus", "s", crossing)?,
        c.check("volume of the annulus", "mL", volume / MILLILITRE)?,
        c.check("velocity at {radius}", "um/s", velocity)?,
    ])
}
