//! What the cases of a spinning channel share: the channel and the red cells of V1, and its phases.
//!
//! The flow of a channel is worked out on the host, whatever the back-end is, so these cases run once.

mod capacity;
mod collection;
mod convergence;
mod hazen;
mod interface;
mod layers;
mod operating_chart;
mod skimming;

pub(super) use capacity::CASE as CAPACITY;
pub(super) use collection::{BY_HAEMATOCRIT, BY_WHITE_COUNT, MONONUCLEAR};
pub(super) use convergence::CASE as CONVERGENCE;
pub(super) use hazen::CASE as HAZEN;
pub(super) use interface::{BALANCE, CONTROLLER, INTEGRATOR};
pub(super) use layers::{LEVELLING, TWO_LAYERS};
pub(super) use operating_chart::CASE as OPERATING_CHART;
pub(super) use skimming::CASE as SKIMMING;

use super::reference::Reference;
use super::{Case, Check, Lab, lab};
use crate::Error;
use crate::constants::{MILLILITRE, SECOND, STANDARD_GRAVITY};
use crate::continuum::{
    Channel, ChannelRun, Controller, Draw, Findings, Inlet, Numerics, Phase, Port, Settling, Viscosity, Walls,
};
use crate::model::{Amount, CellClass, Component, Fluid};
use crate::units::Dimension::{Density, FlowRate, Fraction, Length, Viscosity as DynamicViscosity};

/// um3/us in 1 mL/min.
const ML_PER_MIN: f64 = MILLILITRE / (60.0 * SECOND);

/// Ports of these channels, in their order.
const PLASMA: usize = 0;
const COLLECT: usize = 1;
const RED_CELLS: usize = 2;

/// The channel of V1.
struct Plain {
    reference: Reference,
    /// Length, depth, width [um].
    size: [f64; 3],
    /// Of the inner wall [um].
    radius: f64,
    fluid: Fluid,
    /// What comes in [um3/us].
    inlet: f64,
    /// Depth at which the interface is held [um].
    interface: f64,
}

impl Plain {
    fn new() -> Result<Self, Error> {
        let c = Reference::case("V1")?;
        Ok(Self {
            size: [
                c.given("length", Length)?,
                c.given("depth", Length)?,
                c.given("width", Length)?,
            ],
            radius: c.given("radius", Length)?,
            fluid: Fluid {
                density: c.given("plasma density", Density)?,
                viscosity: c.given("plasma viscosity", DynamicViscosity)?,
            },
            inlet: c.given("inlet flow", FlowRate)?,
            interface: c.given("interface", Length)?,
            reference: c,
        })
    }

    /// Volume fraction of the red cells of a donor's haematocrit in what comes in, with its anticoagulant.
    fn anticoagulated(&self, haematocrit: f64) -> Result<f64, Error> {
        Ok(haematocrit * self.reference.given("blood in what comes in", Fraction)?)
    }

    /// Red cells of one size in rouleaux.
    fn red_cells(&self, fraction: f64) -> Result<Component, Error> {
        let c = &self.reference;
        let mut species = lab::cell(
            "erythrocyte",
            c.given("red cell diameter", Length)?,
            c.given("red cell density", Density)?,
        );
        species.class = CellClass::Erythrocyte;
        species.drag_factor = c.number("drag factor", "")?;
        species.aggregation = c.number("rouleaux", "")?;
        Ok(Component::new(species, Amount::VolumeFraction(fraction), 1))
    }

    /// So many columns and levels, of these cells. Walls are planes and packed cells as viscous as spheres, as in the programme that the reference
    /// values are from; the ports are a twelfth of the length long, or, in one column, as long as it.
    fn channel(&self, columns: usize, levels: usize, cells: Vec<Component>) -> Result<Channel, Error> {
        let [length, depth, _] = self.size;
        let along = if columns == 1 {
            [0.0, length]
        } else {
            [length * 11.0 / 12.0, length]
        };
        let port = |name: &str, [from, to]: [f64; 2]| Port {
            name: name.into(),
            along,
            depth: [from * depth / 7.0, to * depth / 7.0],
        };
        let ports = vec![
            port("plasma", [0.0, 1.0]),
            port("collect", [2.5, 3.5]),
            port("red cells", [5.5, 7.0]),
        ];
        let settling = Settling {
            mixing_length: 0.0,
            fastest: 0.51,
            ..Settling::usual(self.fluid)
        };
        Ok(Channel {
            walls: Walls::Plane,
            viscosity: Viscosity::Spheres,
            inlets: vec![Inlet {
                along: [0.0, length / columns as f64],
                spread: depth / 14.0,
            }],
            numerics: Numerics {
                columns,
                levels,
                ..Numerics::default()
            },
            ..Channel::usual(self.size, self.radius, cells, settling, ports)?
        })
    }

    /// The same with red cells alone.
    fn red(&self, columns: usize, levels: usize, haematocrit: f64) -> Result<Channel, Error> {
        let cells = vec![self.red_cells(self.anticoagulated(haematocrit)?)?];
        self.channel(columns, levels, cells)
    }

    /// A phase at so many g at half depth, in which so much comes in and the red-cell pump draws so much [um3/us]. The interface is held with a
    /// time constant [s], or not.
    fn phase(&self, g: f64, inlet: f64, red: f64, hold: Option<(f64, f64)>) -> Phase {
        Phase {
            name: "collect".into(),
            duration: 600.0 * SECOND,
            omega: (g * STANDARD_GRAVITY / (self.radius + 0.5 * self.size[1])).sqrt(),
            feed: vec![inlet],
            draw: vec![Draw::Rest, Draw::Rate(0.0), Draw::Rate(red)],
            control: hold.map(|(depth, time)| {
                let time = time * SECOND;
                (RED_CELLS, Controller { depth, time })
            }),
        }
    }
}

/// What a port drew [mL/min].
fn drawn(f: &Findings, port: usize) -> f64 {
    f.ports[port].volume / (f.time[1] - f.time[0]) / ML_PER_MIN
}

/// Depth of the interface at the sensor [um].
fn sensed(run: &ChannelRun) -> Result<f64, Error> {
    run.sensed()
        .ok_or_else(|| Error::Numerics("the channel has no interface".into()))
}
