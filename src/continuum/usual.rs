//! What a channel is like where nothing else is said.

use super::channel::{Channel, Numerics, Viscosity};
use super::classes::{Class, classes};
use super::column::Settling;
use super::mesh::Walls;
use super::ports::{Inlet, Port};
use crate::Error;
use crate::constants::MILLIMETRE;
use crate::model::{Component, Fluid};

/// Greatest sedimentation coefficient of any cell [us]: 2.5 um/s per g. Rouleaux as large as in a tube at rest would be faster in nearly clear
/// plasma, where there are too few red cells to build them.
const FASTEST: f64 = 0.255;

impl Settling {
    /// The laws of the parcels, with a mixing length of 25 um: a rouleau is 20 to 80 um long, and the strokes of pumps move an interface by tens of
    /// micrometres (assumed).
    pub fn usual(fluid: Fluid) -> Self {
        Self {
            fluid,
            exponent: 4.65,
            packing_limit: 0.94,
            packing_width: 0.05,
            mixing_length: 25.0,
            fastest: FASTEST,
        }
    }
}

impl Channel {
    /// A round channel of this length at half depth, depth and width [um], whose inner wall has this distance from the axis [um]. Blood comes in
    /// over the first 25th of its length, the interface is sensed at the second port (at the only one, if there is one), and there are no phases
    /// yet.
    ///
    /// # Errors
    /// [`Error::Input`] for cells that cannot be. [`Channel::check`] finds the rest.
    pub fn usual(
        size: [f64; 3],
        radius: f64,
        components: Vec<Component>,
        settling: Settling,
        ports: Vec<Port>,
    ) -> Result<Self, Error> {
        Ok(Self {
            walls: Walls::Round,
            radius,
            size,
            classes: classes(&components, &settling.fluid, Class::usual)
                .map_err(|e| Error::Input(e.to_string()))?,
            components,
            settling,
            viscosity: Viscosity::Blood { factor: 1.0 },
            end_walls: true,
            ekman: false,
            inlets: vec![Inlet {
                along: [0.0, 0.04 * size[0]],
                spread: (0.5 * MILLIMETRE).min(0.5 * size[1]),
            }],
            sensor: 1.min(ports.len().saturating_sub(1)),
            ports,
            interface: 0.3,
            phases: Vec::new(),
            numerics: Numerics::default(),
        })
    }
}
