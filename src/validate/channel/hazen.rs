//! V8: dilute cells that reach the outer wall on their way.

use super::{Case, Check, Lab, Plain, Reference, lab};
use crate::Error;
use crate::continuum::{Channel, Draw, Port};
use crate::units::Dimension::{Density, FlowRate, Length};

pub(crate) const CASE: Case = Case {
    id: "V8",
    method: "24 columns of 240 levels, no red cells; what comes in spreads over the depth, and all leaves by a port that draws from all levels but \
             the outermost. 250 s to fill the channel, then 50 s that are counted, before what lies on the wall has crept to the port",
    on_host: true,
    run,
};

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let plain = Plain::new()?;
    let (depth, radius) = (c.given("depth", Length)?, c.given("radius", Length)?);
    let mut species = lab::cell(
        "platelet",
        c.given("diameter", Length)?,
        plain.fluid.density + c.given("denser than plasma by", Density)?,
    );
    species.drag_factor = c.number("drag factor", "")?;
    let plain = Plain {
        size: [plain.size[0], depth, plain.size[2]],
        radius,
        ..plain
    };
    let mut channel = plain.channel(24, 240, vec![lab::trace_of(species, 1)])?;
    let outermost = channel.mesh().step();
    channel.inlets[0].spread = 0.5 * depth;
    channel.ports = vec![Port {
        depth: [0.0, depth - outermost],
        ..channel.ports[0].clone()
    }];
    let channel = Channel { sensor: 0, ..channel };
    let mut run = lab.channel(channel)?;
    let mut phase = plain.phase(100.0, c.given("flow", FlowRate)?, 0.0, None);
    phase.draw = vec![Draw::Rest];
    lab.watch(&mut run, &phase, 250.0)?;
    let found = lab.watch(&mut run, &phase, 50.0)?;
    let leaves = found.ports[0].species[0].share.unwrap_or(f64::NAN);
    Ok(vec![c.check(
        "share that reaches the outer wall",
        "",
        1.0 - leaves,
    )?])
}
