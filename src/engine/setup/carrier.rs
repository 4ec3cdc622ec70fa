//! What follows from a setup in which a flow or a field carries cells: the flow, the volumes, the table of the field.

use super::Setup;
use crate::chamber::duct::Duct;
use crate::flow::{Across, Feed, Flow, Inlet};
use crate::magnets::{MagnetError, Table};
use crate::model::{Component, Mounting, Protocol, Segment};
use crate::times::Time;
use glam::DVec3;

/// Grid cells that a part of a step may lead over, over the Courant number. The velocity is looked at half way, too, so with a
/// Courant number of 0.4 no two looks are more than 1.6 cells apart. What is narrower than that no table shows: where it errs by 1 %
/// the force changes by no more than a third from cell to cell.
pub const STRIDE: f64 = 8.0;

/// Share of that where a flow may lead across the duct.
const TURNING: f64 = 0.25;

impl Setup {
    /// The straight duct whose walls are the chamber's; of a sector the box around it.
    pub fn duct(&self) -> Duct {
        self.chamber.duct()
    }

    /// Length of the programme.
    pub fn duration(&self) -> Time {
        self.protocol.end()
    }

    /// Gravity in the frame of the chamber while the rotor is at rest [um/us2].
    pub fn gravity(&self) -> DVec3 {
        self.rotor.acceleration(&Protocol::new(0.0), 0.0, 0.0).constant
    }

    /// Greatest acceleration in the chamber at any time of the programme [um/us2]: that of the rotor at the place furthest from its axis
    /// and gravity.
    pub fn greatest_acceleration(&self) -> f64 {
        let spin = self.protocol.peak_omega().powi(2) * self.rotor.bottom_radius;
        match self.rotor.mounting {
            // across each other
            Mounting::Fixed { gravity, .. } => gravity.length().hypot(spin),
            _ => self.gravity().length().max(spin),
        }
    }

    /// What the programme does to the flow, the magnets and the outlets, in phases; none where nothing is changed while it runs.
    pub fn phases(&self) -> &[Segment] {
        if self.protocol.is_steady() {
            &[]
        } else {
            self.protocol.segments()
        }
    }

    /// The flow, with its profile.
    pub fn flow(&self) -> Option<Flow> {
        let s = self.stream.as_ref()?;
        Some(Flow::new(&self.duct(), &s.profile, s.across, self.rate()))
    }

    /// Volume a time that flows in the first segment of the programme [um3/us]; zero without a flow.
    pub fn rate(&self) -> f64 {
        let first = self.protocol.segments().first();
        first.filter(|_| self.stream.is_some()).map_or(0.0, |s| s.rate)
    }

    /// Furthest that a part of a step may lead along each axis [um]: over no more than `STRIDE` times the Courant number cells of the
    /// grid or intervals between the nodes of the flow, so that a change of either is met on the way, and over no gap or core.
    pub fn stride(&self, flow: Option<&Flow>) -> DVec3 {
        let mut cell = DVec3::from_array(self.grid().size) * STRIDE;
        if let Some(nodes) = flow.and_then(Flow::changes_over) {
            // a flow that leads across turns the way itself, however little its speed changes
            cell = cell.min(nodes * STRIDE) * TURNING;
        }
        // a quarter of it: along x and y at once it is still less than the radius of the core
        let narrowest = 0.25 * self.duct().section.narrowest().unwrap_or(f64::INFINITY);
        (cell * self.stepping.courant).min(DVec3::new(narrowest, narrowest, f64::INFINITY))
    }

    /// Whether streams lie side by side over the width of a channel.
    pub fn over_width(&self) -> bool {
        self.stream.as_ref().is_some_and(|f| f.across == Across::Width)
    }

    /// Number of outlets; none in a closed vessel.
    pub fn outlets(&self) -> usize {
        if self.stream.is_some() {
            let last = self.protocol.segments().iter().map(|s| s.outlet as usize).max();
            last.unwrap_or(0) + self.ports.splits.len() + 1
        } else {
            0
        }
    }

    /// Volume of the fluid in the chamber [um3]: of a column only its pores.
    pub fn room(&self) -> f64 {
        self.chamber.volume() * self.matrix.as_ref().map_or(1.0, |m| m.porosity)
    }

    /// Volume of the sample [um3]: the fluid in the chamber, or what is fed.
    pub fn sample(&self) -> f64 {
        match (self.ports.feed, &self.stream) {
            (Feed::Inlets { over }, Some(_)) => {
                self.rate() * self.ports.inlets.iter().map(Inlet::width).sum::<f64>() * over
            }
            _ => self.room(),
        }
    }

    /// The inlet of a component; none where the sample fills the duct at the start.
    pub fn inlet(&self, c: &Component) -> Option<&Inlet> {
        match self.ports.feed {
            Feed::Inlets { .. } => self.ports.inlets.get(c.inlet),
            Feed::Filled => None,
        }
    }

    /// Volume of the sample that a component is in [um3].
    pub fn sample_of(&self, c: &Component) -> f64 {
        match (self.ports.feed, &self.stream, self.inlet(c)) {
            (Feed::Inlets { over }, Some(_), Some(inlet)) => self.rate() * inlet.width() * over,
            _ => self.room(),
        }
    }

    /// The field on the corners of the grid cells.
    ///
    /// # Errors
    /// [`MagnetError`] where the duct reaches into a magnet or out of a map.
    pub fn table(&self) -> Result<Option<Table>, MagnetError> {
        let Some(field) = &self.field else { return Ok(None) };
        let (low, high) = self.duct().bounds();
        let (low, high) = (DVec3::from_array(low), DVec3::from_array(high));
        let duct = self.duct();
        Table::sample_where(field, low, high - low, self.cells, move |q| {
            duct.distance(q.to_array())
        })
        .map(Some)
    }
}
