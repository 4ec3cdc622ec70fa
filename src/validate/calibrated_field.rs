//! C30: red cells without oxygen in the reference field of cell tracking velocimetry.

use super::magnetic::{filled, mean, ways};
use super::reference::Reference;
use super::{Case, Check, Lab};
use crate::Error;
use crate::chamber::duct::Section;
use crate::magnets::{Field, Source, Uniform};
use crate::units::Dimension;
use glam::DVec3;

pub(super) const CASE: Case = Case {
    id: "C30",
    method: "a channel of 40 x 40 um in the middle of the region, cells as dense as the fluid, 5 s; mean displacement along the \
             force of those whose way lies within 5 um of the middle, where the flux density is the one stated",
    on_host: false,
    run,
};

const SIDE: f64 = 40.0;

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let b = c.given("flux density", Dimension::FluxDensity)?;
    let gradient = c.given("gradient", Dimension::FieldGradient)?;
    let mobility = c.given("mobility", Dimension::MagneticMobility)?;
    let region = Uniform::calibrated(DVec3::new(0.0, 0.0, 0.5 * SIDE), b, gradient, DVec3::X, DVec3::Y)?;
    let section = Section::Channel {
        width: SIDE,
        height: SIDE,
    };
    let field = Field::new(vec![Source::Uniform(region)])?;
    let mut s = filled(section, SIDE, field, mobility, 20_000);
    let seconds = 5.0;
    s.protocol = s.protocol.lasting(crate::times::Time::seconds(seconds));
    s.sampling.every = s.duration();
    let (charge, end) = lab.separate(&mut s)?;
    let middle = ways(&s, &charge, &end)
        .into_iter()
        .filter(|w| (0.5 * (w.from.y + w.to.y)).abs() < 5.0);
    let velocity = mean(middle.map(|w| (w.to.y - w.from.y) / seconds));
    Ok(vec![c.check("velocity of red cells", "um/s", velocity)?])
}
