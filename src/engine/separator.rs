//! All that the engine needs to know of a run in which a flow carries cells and a magnet pulls them, in engine units.

use super::matrix::Matrix;
use crate::Error;
use crate::chamber::Grid;
use crate::chamber::duct::{Duct, Section};
use crate::flow::{Across, Flow, Profile, check_ports};
pub use crate::flow::{Feed, Inlet, MOST_OUTLETS, Stream};
use crate::magnets::{Bead, Curve, Field, Loading, MagnetError, Table};
use crate::memory::{Need, RUN_BYTES};
use crate::model::{Component, Fluid};
use crate::times::Time;
use glam::DVec3;

/// What a magnetic field does to the cells of a component.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Attraction {
    /// Nothing.
    None,
    /// A measured mobility in this fluid, that of labels or of the cell's own iron.
    Mobility {
        /// Median over the cells in a weak field [um3 us/pg]; negative for cells that the field repels.
        median: f64,
        /// Standard deviation of its logarithm.
        spread: f64,
        /// One over the field at which it saturates, as [`Attraction::per_field`] [1/T]; zero where it does not.
        per_field: f64,
    },
    /// Beads on the surface.
    Beads {
        /// The bead.
        bead: Bead,
        /// How many a cell carries.
        loading: Loading,
        /// Susceptibility of the cell itself less the fluid's.
        susceptibility: f64,
    },
    /// The parcels are no cells but free beads, of the component's sizes.
    FreeBead {
        /// Their magnetisation.
        curve: Curve,
    },
}

impl Attraction {
    /// One over the field at which its label saturates, as `laws::saturation` takes it [1/T]: three over
    /// [`Curve::saturation_field`]; zero where nothing saturates.
    pub fn per_field(&self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Mobility { per_field, .. } => *per_field,
            Self::Beads { bead, .. } => 3.0 / bead.curve.saturation_field(),
            Self::FreeBead { curve } => 3.0 / curve.saturation_field(),
        }
    }
    /// Whether the parcels are free beads: no cells, and not counted as such.
    pub fn is_free_bead(&self) -> bool {
        matches!(self, Self::FreeBead { .. })
    }
}

/// Cells of one kind, and what a field does to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Charged {
    /// Species, amount, parcels. The amount is per volume of the sample that is fed or filled in.
    pub component: Component,
    /// What a field does to them.
    pub attraction: Attraction,
    /// Number of the inlet that they come in by, where sample is fed.
    pub inlet: usize,
}

impl Charged {
    /// Cells that come in by the first inlet.
    pub fn new(component: Component, attraction: Attraction) -> Self {
        Self {
            component,
            attraction,
            inlet: 0,
        }
    }
}

/// A part of a separator's programme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// How long it lasts.
    pub length: Time,
    /// Volume a time [um3/us].
    pub rate: f64,
    /// Whether the magnets are on. Where they go off, what is held comes off.
    pub magnets: bool,
    /// The outlet that takes all that leaves.
    pub outlet: u32,
}

/// Which surfaces hold the cells that a field pulls onto them; others let them slide along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// The core of an annulus, the wall of a channel at low x.
    pub inner: bool,
    /// The outer wall of a tube or an annulus, the wall of a channel at high x.
    pub outer: bool,
    /// The wall of a channel at low y.
    pub low_y: bool,
    /// The wall of a channel at high y.
    pub high_y: bool,
    /// The closed end.
    pub end: bool,
}

/// Grid cells that a part of a step may lead over, over [`Separator::courant`]. The velocity is looked at half way, too, so with a
/// Courant number of 0.4 no two looks are more than 1.6 cells apart. What is narrower than that no table shows: where it errs by 1 %
/// the force changes by no more than a third from cell to cell.
pub const STRIDE: f64 = 8.0;

/// Share of that where a flow may lead across the duct.
const TURNING: f64 = 0.25;

/// Most counts that a run may take.
const MOST_COUNTS: i64 = 100_000;

/// A separator, ready for the engine. Lengths um, times us, masses pg.
#[derive(Clone, Debug, PartialEq)]
pub struct Separator {
    /// Decides where and when parcels start, and what they are.
    pub seed: u64,
    /// The suspending fluid.
    pub fluid: Fluid,
    /// Cells.
    pub components: Vec<Charged>,
    /// The vessel; the flow goes along its z.
    pub duct: Duct,
    /// Grid cells along each axis: the field is tabulated on their corners.
    pub cells: [u32; 3],
    /// Gravity in the frame of the duct [um/us2].
    pub gravity: DVec3,
    /// The magnets, if there are any.
    pub field: Option<Field>,
    /// The flow; none is a closed vessel.
    pub stream: Option<Stream>,
    /// How the sample comes in.
    pub feed: Feed,
    /// Where it comes in, if it is fed.
    pub inlets: Vec<Inlet>,
    /// Shares of the flow up to which each outlet but the last takes it, ascending from strip 0.
    pub splits: Vec<f64>,
    /// What holds.
    pub holding: Holding,
    /// Share of a wall that cells may cover until it holds no more, above one for several layers; none if walls never fill.
    pub coverage: Option<f64>,
    /// What fills the duct, if it is a column; the flow through it is plug flow, and `field` is none.
    pub matrix: Option<Matrix>,
    /// The programme; if it is empty, the stream's rate for the whole duration, with the magnets on. The sample is fed in
    /// the first phase, at the stream's rate, which is that phase's.
    pub phases: Vec<Phase>,
    /// Length of the run at most; it ends when nothing is on its way any more.
    pub duration: Time,
    /// Interval between counts.
    pub every: Time,
    /// How fine steps are, above 0 and at most 1: in a part of a step a parcel goes at most `STRIDE` times as many grid cells, and its
    /// velocity changes on half of the way by at most an eighth of it, as a share. In a column the furthest it aims to go in one step
    /// [grid cells].
    pub courant: f64,
}

impl Separator {
    /// The grid over the duct. It knows no volumes: nothing is summed on it.
    pub fn grid(&self) -> Grid {
        let (low, high) = self.duct.bounds();
        Grid {
            cells: self.cells,
            origin: low,
            size: std::array::from_fn(|k| (high[k] - low[k]) / f64::from(self.cells[k])),
            volume: Vec::new(),
        }
    }

    /// The flow, with its profile.
    pub fn flow(&self) -> Option<Flow> {
        let s = self.stream.as_ref()?;
        Some(Flow::new(&self.duct, &s.profile, s.across, s.rate))
    }

    /// Furthest that a part of a step may lead along each axis [um]: over no more than `STRIDE` times [`Separator::courant`] cells of the
    /// grid or intervals between the nodes of the flow, so that a change of either is met on the way, and over no gap or core.
    pub fn stride(&self, flow: Option<&Flow>) -> DVec3 {
        let mut cell = DVec3::from_array(self.grid().size) * STRIDE;
        if let Some(nodes) = flow.and_then(Flow::changes_over) {
            // a flow that leads across turns the way itself, however little its speed changes
            cell = cell.min(nodes * STRIDE) * TURNING;
        }
        // a quarter of it: along x and y at once it is still less than the radius of the core
        let narrowest = 0.25 * self.duct.section.narrowest().unwrap_or(f64::INFINITY);
        (cell * self.courant).min(DVec3::new(narrowest, narrowest, f64::INFINITY))
    }

    /// Whether streams lie side by side over the width of a channel.
    pub fn over_width(&self) -> bool {
        self.stream.as_ref().is_some_and(|f| f.across == Across::Width)
    }

    /// Number of outlets; none in a closed vessel.
    pub fn outlets(&self) -> usize {
        if self.stream.is_some() {
            let last = self.phases.iter().map(|p| p.outlet as usize).max();
            last.unwrap_or(0) + self.splits.len() + 1
        } else {
            0
        }
    }

    /// Number of parcels.
    pub fn parcels(&self) -> usize {
        self.components.iter().map(|c| c.component.parcels).sum()
    }

    /// Volume of the fluid in the duct [um3]: of a column only its pores.
    pub fn room(&self) -> f64 {
        self.duct.room(self.matrix.as_ref().map(|m| m.porosity))
    }

    /// Volume of the sample [um3]: the fluid in the duct, or what is fed.
    pub fn sample(&self) -> f64 {
        match (self.feed, &self.stream) {
            (Feed::Inlets { over }, Some(s)) => {
                s.rate * self.inlets.iter().map(Inlet::width).sum::<f64>() * over
            }
            _ => self.room(),
        }
    }

    /// The inlet of a component; none where the sample fills the duct at the start.
    pub fn inlet(&self, c: &Charged) -> Option<&Inlet> {
        match self.feed {
            Feed::Inlets { .. } => self.inlets.get(c.inlet),
            Feed::Filled => None,
        }
    }

    /// Volume of the sample that a component is in [um3].
    pub fn sample_of(&self, c: &Charged) -> f64 {
        match (self.feed, &self.stream, self.inlet(c)) {
            (Feed::Inlets { over }, Some(s), Some(inlet)) => s.rate * inlet.width() * over,
            _ => self.room(),
        }
    }

    /// What a run takes of the host's memory, `per_parcel` bytes a parcel.
    pub fn need(&self, per_parcel: u64) -> Need {
        let nodes = self.cells.iter().map(|c| u64::from(*c) + 1).product::<u64>();
        let flow = match self.stream.as_ref().map(|s| &s.profile) {
            // as read, and in the back-end
            Some(Profile::Given(chart)) => chart.size() as u64 * 2 * 12,
            _ => 0,
        };
        Need {
            parcels: self.parcels() as u64,
            per_parcel,
            // sampled, and in the back-end
            fixed: nodes.saturating_mul(2 * 16).saturating_add(RUN_BYTES + flow),
            held: 0,
        }
    }

    /// The field on the corners of the grid cells.
    ///
    /// # Errors
    /// [`MagnetError`] where the duct reaches into a magnet or out of a map.
    pub fn table(&self) -> Result<Option<Table>, MagnetError> {
        let Some(field) = &self.field else { return Ok(None) };
        let (low, high) = self.duct.bounds();
        let (low, high) = (DVec3::from_array(low), DVec3::from_array(high));
        let duct = self.duct;
        Table::sample_where(field, low, high - low, self.cells, move |q| {
            duct.distance(q.to_array())
        })
        .map(Some)
    }

    /// Refuses what cannot be run.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field, its value and what it may be.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |what: &str, value: String, may_be: &str| {
            Err(Error::Input(format!("{what} is {value}; it has to be {may_be}")))
        };
        let lengths: Vec<(&str, f64)> = match self.duct.section {
            Section::Tube { radius } => vec![("the radius", radius)],
            Section::Annulus { inner, outer } => {
                vec![("the inner radius", inner), ("the gap", outer - inner)]
            }
            Section::Channel { width, height } => vec![("the width", width), ("the height", height)],
        };
        let mut positive = lengths;
        positive.extend([
            ("the length of the duct", self.duct.length),
            ("the duration", self.duration.us()),
            ("the interval between counts", self.every.us()),
            ("the viscosity", self.fluid.viscosity),
            ("the density of the fluid", self.fluid.density),
        ]);
        if let Some(s) = &self.stream {
            positive.push(("the flow rate", s.rate));
        }
        if let Feed::Inlets { over } = self.feed {
            positive.push(("the time of feeding", over));
        }
        for (what, x) in positive {
            if !(x.is_finite() && x > 0.0) {
                return wrong(what, x.to_string(), "a finite number above zero");
            }
        }
        if self.components.is_empty() {
            return Err(Error::Input("there are no cells: nothing would move".into()));
        }
        if !(self.courant > 0.0 && self.courant <= 1.0) {
            return wrong(
                "the Courant number",
                self.courant.to_string(),
                "above 0 and at most 1",
            );
        }
        if self.cells.iter().any(|c| *c == 0 || *c > 4096) {
            return wrong("a number of grid cells", format!("{:?}", self.cells), "1 to 4096");
        }
        if !self.gravity.is_finite() {
            return wrong("gravity", self.gravity.to_string(), "finite");
        }
        let ends = (self.feed, self.inlets.as_slice(), self.splits.as_slice());
        check_ports(&self.duct, self.stream.as_ref(), ends)?;
        let fed = matches!(self.feed, Feed::Inlets { .. });
        if let Some(c) = self
            .components
            .iter()
            .find(|c| fed && c.inlet >= self.inlets.len())
        {
            return wrong(
                &format!("the inlet of {}", c.component.species.name),
                format!("number {}", c.inlet),
                &format!("one of the {} that there are, from 0", self.inlets.len()),
            );
        }
        if self.duration.parts(self.every) > MOST_COUNTS {
            return wrong(
                "the interval between counts",
                format!("{} us", self.every.us()),
                "longer: there would be too many",
            );
        }
        self.check_programme()?;
        self.check_cells()
    }

    fn check_programme(&self) -> Result<(), Error> {
        let wrong = |why: String| Err(Error::Input(why));
        if let Some(c) = self.coverage.filter(|c| !(c.is_finite() && *c > 0.0)) {
            return wrong(format!("walls may be covered to {c}; it has to be above zero"));
        }
        if let Some(matrix) = &self.matrix {
            matrix.check(self.components.len())?;
            if self.stream.as_ref().is_none_or(|s| s.profile != Profile::Plug) {
                return wrong("a column with a matrix needs a flow, which is plug flow".into());
            }
            if self.field.is_some() || self.coverage.is_some() || self.holding != Holding::default() {
                return wrong(
                    "in a column the matrix makes the field and holds the cells: no magnets and no holding walls besides".into(),
                );
            }
            if self.cells[0] != 1 || self.cells[1] != 1 {
                return wrong(format!(
                    "a column has one grid cell across, not {} x {}",
                    self.cells[0], self.cells[1]
                ));
            }
        }
        let Some(first) = self.phases.first() else {
            return Ok(());
        };
        if let Some(p) = self
            .phases
            .iter()
            .find(|p| !(p.length > Time::ZERO && p.rate.is_finite() && p.rate >= 0.0))
        {
            return wrong(format!(
                "a phase of {} us at {} um3/us cannot be",
                p.length.us(),
                p.rate
            ));
        }
        if self.stream.as_ref().map_or(0.0, |s| s.rate) != first.rate {
            return wrong("the rate of the first phase is not that of the flow".into());
        }
        if self.stream.is_none() && self.phases.iter().any(|p| p.rate != 0.0 || p.outlet != 0) {
            return wrong("a phase has a rate or an outlet, but there is no flow".into());
        }
        let outlets = self.phases.iter().map(|p| p.outlet as usize).max().unwrap_or(0);
        if outlets >= MOST_OUTLETS || (!self.splits.is_empty() && outlets > 0) {
            return wrong(format!(
                "outlets are told apart by phases or by strips, not by both, and there are at most {MOST_OUTLETS}"
            ));
        }
        let length: Time = self.phases.iter().map(|p| p.length).sum();
        if length != self.duration {
            return wrong(format!(
                "the phases last {} us, and the run {}",
                length.us(),
                self.duration.us()
            ));
        }
        Ok(())
    }

    fn check_cells(&self) -> Result<(), Error> {
        for c in &self.components {
            let name = &c.component.species.name;
            let fine = match c.attraction {
                Attraction::None | Attraction::FreeBead { .. } => true,
                Attraction::Mobility {
                    median,
                    spread,
                    per_field,
                } => {
                    let saturates = per_field >= 0.0 && per_field.is_finite();
                    median.is_finite() && (0.0..=3.0).contains(&spread) && saturates
                }
                Attraction::Beads { susceptibility, .. } => susceptibility.is_finite(),
            };
            if let Attraction::Beads {
                bead,
                loading,
                susceptibility,
            } = c.attraction
            {
                let own =
                    std::f64::consts::PI / 6.0 * c.component.species.diameter.powi(3) * susceptibility.abs();
                let beads = loading.mean() * bead.mean_volume() * bead.curve.susceptibility();
                if own > 0.02 * beads {
                    return Err(Error::Input(format!(
                        "{name}: its own susceptibility ({susceptibility:e}) counts for more than a fiftieth of its beads', and \
                         would have to be kept apart from theirs, which saturate; leave it out or give a measured mobility"
                    )));
                }
            }
            if !fine {
                return Err(Error::Input(format!(
                    "{name}: its magnetic mobility, susceptibility or saturation is not finite, or the spread is not within 0 and 3"
                )));
            }
        }
        Ok(())
    }
}
