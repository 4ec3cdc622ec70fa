//! V2 and V3: plasma on packed cells, as two layers of given density and viscosity.

use super::{Case, Check, Lab, ML_PER_MIN, Plain, Reference};
use crate::Error;
use crate::constants::{SECOND, STANDARD_GRAVITY};
use crate::continuum::{Carrier, Channel, Forces, Mesh, Momentum};
use crate::units::Dimension::{Density, FlowRate, Fraction, Length, Viscosity};
use std::f64::consts::PI;

pub(crate) const TWO_LAYERS: Case = Case {
    id: "V2",
    method: "one solve of the flow, with 24 columns and 280 levels; the tilt is put in, and the flows are read off half way along the channel",
    on_host: true,
    run: side_by_side,
};

pub(crate) const LEVELLING: Case = Case {
    id: "V3",
    method: "one solve of the flow, with 40 columns and 280 levels, no inflow and an interface that is tilted by 20 um as half a cosine; rate at \
             which the flow takes that back. The interface is 0.1 mm thick, which slows it by 1.6 %",
    on_host: true,
    run: levelling,
};

/// Both layers.
struct Layers {
    /// Depth of their interface, in the middle [um].
    interface: f64,
    viscosity: [f64; 2],
    /// Difference of their densities [pg/um3].
    denser: f64,
    acceleration: f64,
}

impl Layers {
    fn new(c: &Reference) -> Result<Self, Error> {
        Ok(Self {
            interface: c.given("depth of the interface", Length)?,
            viscosity: [
                c.given("viscosity of plasma", Viscosity)?,
                c.given("viscosity of packed cells", Viscosity)?,
            ],
            denser: c.given("difference of densities", Density)?,
            acceleration: 100.0 * STANDARD_GRAVITY,
        })
    }

    /// The flow in these layers, with the interface at a depth that changes along the channel and is `soft` thick [um]; what comes in at one end
    /// leaves at the other [um3/us].
    fn flow(
        &self,
        mesh: &Mesh,
        interface: impl Fn(f64) -> f64,
        rate: f64,
        (interval, soft): (f64, f64),
    ) -> Result<Carrier, Error> {
        let [upper, lower] = self.viscosity;
        let (mut density, mut viscosity) = (Vec::new(), Vec::new());
        for i in 0..mesh.columns {
            let at = interface((i as f64 + 0.5) * mesh.stride());
            for k in 0..mesh.levels {
                let below = ((mesh.middle(k) - at) / soft + 0.5).clamp(0.0, 1.0);
                density.push(self.denser * below);
                viscosity.push(upper.powf(1.0 - below) * lower.powf(below));
            }
        }
        let mut carrier = Carrier::still(mesh, 1, 1);
        let column = |i: usize| {
            let mut weights = vec![0.0; mesh.cells()];
            weights[i * mesh.levels..(i + 1) * mesh.levels].fill(1.0 / mesh.levels as f64);
            weights
        };
        carrier.supply(&[(rate, column(0))], &[(rate, column(mesh.columns - 1))]);
        let forces = Forces {
            density: &density,
            viscosity: &viscosity,
            drag: &vec![0.0; mesh.cells()],
            acceleration: self.acceleration,
            interval,
        };
        Momentum::new(mesh).solve(mesh, &forces, &mut carrier)?;
        Ok(carrier)
    }
}

/// The channel of V1 on a grid.
fn channel(lab: &mut Lab<'_>, columns: usize) -> Result<Channel, Error> {
    let channel = Plain::new()?.red(columns, 280, 0.4)?;
    Ok(lab.channel(channel)?.channel().clone())
}

fn side_by_side(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let layers = Layers::new(c)?;
    let mesh = channel(lab, 24)?.mesh();
    let rate = c.given("flow of plasma", FlowRate)? + c.given("flow of packed cells", FlowRate)?;
    let tilt = c.given("tilt", Fraction)?;
    let interface = |s: f64| layers.interface + tilt * (s - 0.5 * mesh.length);
    let carrier = layers.flow(&mesh, interface, rate, (0.0, mesh.step()))?;
    let along = carrier.along(mesh.columns / 2);
    let level = (layers.interface / mesh.step()).round() as usize;
    let speed = |k: usize| along[k] / (mesh.width * mesh.step());
    let upper: f64 = along[..level].iter().sum();
    let fastest = (0..mesh.levels).map(speed).fold(0.0, f64::max);
    let mm_per_s = SECOND / 1e3;
    Ok(vec![
        c.check("plasma that passes", "mL/min", upper / ML_PER_MIN)?,
        c.check(
            "speed at the interface",
            "mm/s",
            0.5 * (speed(level - 1) + speed(level)) * mm_per_s,
        )?,
        c.check("greatest speed", "mm/s", fastest * mm_per_s)?,
    ])
}

fn levelling(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    /// Height of the tilt and thickness of the interface [um].
    const TILT: f64 = 20.0;
    const SOFT: f64 = 100.0;
    let layers = Layers::new(&Reference::case("V2")?)?;
    let mesh = channel(lab, 40)?.mesh();
    let mode = |s: f64| (PI * s / mesh.length).cos();
    let level = (layers.interface / mesh.step()).round() as usize;
    let mut checks = Vec::new();
    for tau in [0.002, 0.02, 0.2] {
        let interface = |s: f64| layers.interface + TILT * mode(s);
        let carrier = layers.flow(&mesh, interface, 0.0, (tau * SECOND, SOFT))?;
        let upper = |i: usize| carrier.along(i)[..level].iter().sum::<f64>() / mesh.width;
        let (mut down, mut norm) = (0.0, 0.0);
        for i in 0..mesh.columns {
            let m = mode((i as f64 + 0.5) * mesh.stride());
            down -= (upper(i + 1) - upper(i)) / mesh.stride() * m;
            norm += m * m;
        }
        let rate = (down / norm / TILT * SECOND).abs();
        checks.push(c.check(&format!("rate, solved every {tau} s"), "1/s", rate)?);
    }
    Ok(checks)
}
