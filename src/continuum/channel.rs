//! A channel that spins while blood flows through it: all that a run needs to know.

use super::classes::Class;
use super::column::Settling;
use super::control::Controller;
use super::mesh::{Mesh, Walls};
use super::ports::{Draw, Inlet, Port};
use crate::Error;
use crate::constants::{MILLILITRE, MILLIMETRE, SECOND, STANDARD_GRAVITY};
use crate::laws::{bed_viscosity::bed_viscosity, roscoe::roscoe};
use crate::model::{CellClass, Component, Fluid};
use crate::units::digits;

/// What makes crowded cells viscous.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Viscosity {
    /// A fit to measured blood, which thins with the shear rate (`laws::bed_viscosity`), times a factor for what is not known of it.
    Blood {
        /// Factor on the exponent: 1 for the fit.
        factor: f64,
    },
    /// Rigid spheres, (1 - phi)^-2.5 (`laws::roscoe`).
    Spheres,
}

impl Viscosity {
    /// Viscosity over that of the fluid, at a volume fraction and a shear rate [1/s].
    pub fn relative(self, phi: f64, shear: f64) -> f64 {
        match self {
            Self::Blood { factor } => bed_viscosity(phi, shear).powf(factor),
            Self::Spheres => roscoe(phi),
        }
    }
}

/// Most columns and levels. Rounding errors of the flow grow as the fourth power of the number of levels.
const MOST_COLUMNS: usize = 128;
const MOST_LEVELS: usize = 512;

/// Longest time between two solves of the flow [us]. In it pumps, viscosity and the depth of the feed stay as they are.
const LONGEST: f64 = SECOND;

/// How space and time are cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numerics {
    /// Columns along the channel.
    pub columns: usize,
    /// Levels across it.
    pub levels: usize,
    /// Time between solves of the flow [us].
    pub interval: f64,
    /// Share of a level that a cell settles in a step at most, from either side.
    pub courant: f64,
}

impl Default for Numerics {
    /// A grid on which the share of lymphocytes that is collected is within 5 points of that on finer ones. Monocytes and neutrophils still
    /// depend on it (docs/leukapheresis.md).
    fn default() -> Self {
        Self {
            columns: 24,
            levels: 144,
            interval: 0.2 * SECOND,
            courant: 0.45,
        }
    }
}

/// A part of the procedure, in which rotor and pumps keep their rates.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// What it is called.
    pub name: String,
    /// How long it takes [us].
    pub duration: f64,
    /// Speed of the rotor [rad/us].
    pub omega: f64,
    /// What comes in by every inlet [um3/us].
    pub feed: Vec<f64>,
    /// What leaves by every port.
    pub draw: Vec<Draw>,
    /// The port whose pump holds the interface, and how; none keeps all pumps at their rates.
    pub control: Option<(usize, Controller)>,
}

impl Phase {
    /// Rates of all ports [um3/us]: those of pumps, and what is left for the last.
    pub fn rates(&self) -> Vec<f64> {
        let fed: f64 = self.feed.iter().sum();
        let pumps: f64 = self
            .draw
            .iter()
            .map(|d| if let Draw::Rate(q) = d { *q } else { 0.0 })
            .sum();
        let of = |d: &Draw| match d {
            Draw::Rate(q) => *q,
            Draw::Rest => fed - pumps,
        };
        self.draw.iter().map(of).collect()
    }
}

/// A channel and what is done with it. Lengths um, times us, masses pg.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Whether its walls are round.
    pub walls: Walls,
    /// Distance of the inner wall from the axis [um].
    pub radius: f64,
    /// Length at half depth, depth of the liquid, width along the axis [um].
    pub size: [f64; 3],
    /// What comes in. Amounts are by volume of what comes in, with its anticoagulant; a component comes by its inlet.
    pub components: Vec<Component>,
    /// Classes of their cells.
    pub classes: Vec<Class>,
    /// The laws of settling, and the fluid.
    pub settling: Settling,
    /// The law of the viscosity of crowded cells.
    pub viscosity: Viscosity,
    /// Whether the walls across the axis hold the fluid back.
    pub end_walls: bool,
    /// Whether the layers on these walls that the rotation makes (Ekman's) hold it back, too.
    pub ekman: bool,
    /// Where blood comes in.
    pub inlets: Vec<Inlet>,
    /// Where layers leave.
    pub ports: Vec<Port>,
    /// The port over whose columns the interface is looked for.
    pub sensor: usize,
    /// Volume fraction of the red cells at the interface.
    pub interface: f64,
    /// The procedure.
    pub phases: Vec<Phase>,
    /// How space and time are cut.
    pub numerics: Numerics,
}

impl Channel {
    /// The grid.
    pub fn mesh(&self) -> Mesh {
        let n = self.numerics;
        Mesh::new(self.walls, self.radius, self.size, n.columns, n.levels)
    }

    /// The fluid.
    pub fn fluid(&self) -> Fluid {
        self.settling.fluid
    }

    /// Volume fraction of every class in what comes in by an inlet.
    pub fn fed(&self, inlet: usize) -> Vec<f64> {
        let of = |class: &Class| {
            let c = &self.components[class.component];
            if c.inlet == inlet {
                c.amount.fraction(&c.species) * class.share
            } else {
                0.0
            }
        };
        self.classes.iter().map(of).collect()
    }

    /// Whether a component are red cells.
    pub fn is_red(&self, component: usize) -> bool {
        self.components[component].species.class == CellClass::Erythrocyte
    }

    /// Length of the whole procedure [us].
    pub fn duration(&self) -> f64 {
        self.phases.iter().map(|p| p.duration).sum()
    }

    /// Greatest flow of clear plasma that the channel gives of what comes in by its first inlet [um3/us], at an angular velocity [rad/us]: its red
    /// cells settle at half depth as fast as the fluid rises. More cannot be drawn, whatever the pumps do.
    pub fn greatest_plasma(&self, omega: f64) -> f64 {
        let mesh = self.mesh();
        let speed = self.settles_at_the_inlet().min(self.settling.fastest) * mesh.mean_acceleration(omega);
        mesh.length * mesh.width * speed
    }

    /// Sedimentation coefficient of the red cells in what comes in by the first inlet, but for the cap [us]; zero without red cells.
    fn settles_at_the_inlet(&self) -> f64 {
        let blood = self.fed(0);
        let phi: f64 = blood.iter().sum();
        let red = self
            .classes
            .iter()
            .zip(&blood)
            .filter(|(c, _)| self.is_red(c.component));
        let (mut sum, mut volume) = (0.0, 0.0);
        for (c, p) in red {
            sum += p * c.mobility * c.excess;
            volume += p;
        }
        if volume <= 0.0 {
            return 0.0;
        }
        sum / volume / self.settling.fluid.viscosity * (1.0 - phi).max(0.0).powf(self.settling.exponent)
    }

    /// Whether the red cells that come in would settle faster than the cap allows, with the numbers.
    pub fn capped(&self) -> Option<String> {
        let (free, most) = (self.settles_at_the_inlet(), self.settling.fastest);
        (free > most).then(|| {
            format!(
                "red cells of such blood would settle with {} us, and no cell settles with more than {} us here: rouleaux in thin blood are held \
                 back",
                digits(free, 3),
                digits(most, 3)
            )
        })
    }

    /// Makes sure that the channel can be run.
    ///
    /// # Errors
    /// [`Error::Input`] with what is wrong and the numbers that decide.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |text: String| Err(Error::Input(text));
        let [length, depth, width] = self.size;
        let n = &self.numerics;
        for (what, x) in [
            ("the distance of the inner wall from the axis", self.radius),
            ("the length of the channel", length),
            ("the depth of the channel", depth),
            ("the width of the channel", width),
            ("the interval between two solves of the flow", n.interval),
            ("the Courant number", n.courant),
            ("the viscosity of the fluid", self.settling.fluid.viscosity),
            ("the density of the fluid", self.settling.fluid.density),
            ("the greatest sedimentation coefficient", self.settling.fastest),
        ] {
            if !(x.is_finite() && x > 0.0) {
                return wrong(format!("{what} is {x}; it has to be above zero"));
            }
        }
        if !((1..=MOST_COLUMNS).contains(&n.columns) && (4..=MOST_LEVELS).contains(&n.levels)) {
            return wrong(format!(
                "{} columns and {} levels cannot be: 1 to {MOST_COLUMNS} and 4 to {MOST_LEVELS} can",
                n.columns, n.levels
            ));
        }
        if n.courant > 0.5 || n.interval > LONGEST {
            return wrong(format!(
                "a Courant number of {} and {} s between two solves of the flow cannot be: at most 0.5 and {} s can",
                n.courant,
                digits(n.interval / SECOND, 3),
                LONGEST / SECOND
            ));
        }
        if self.classes.is_empty() {
            return wrong("no cells come in".into());
        }
        if self.classes.iter().any(|c| c.component >= self.components.len()) {
            return wrong("a class belongs to a component that there is not".into());
        }
        if self.inlets.is_empty() || self.ports.is_empty() {
            return wrong("a channel needs an inlet and a port".into());
        }
        if self.sensor >= self.ports.len() {
            return wrong(format!(
                "the interface is sensed at port {}, of {}",
                self.sensor,
                self.ports.len()
            ));
        }
        if let Some(c) = self.components.iter().find(|c| c.inlet >= self.inlets.len()) {
            return wrong(format!(
                "{} comes in by inlet {}, of {}",
                c.species.name,
                c.inlet,
                self.inlets.len()
            ));
        }
        for i in 0..self.inlets.len() {
            let phi: f64 = self.fed(i).iter().sum();
            if phi > self.settling.packing_limit {
                return wrong(format!(
                    "{} % of what comes in by inlet {i} are cells; they pack to {} %",
                    digits(100.0 * phi, 3),
                    digits(100.0 * self.settling.packing_limit, 3)
                ));
            }
        }
        self.check_places()?;
        self.phases.iter().try_for_each(|p| self.check_phase(p))
    }

    /// Ports and inlets lie in the channel, and ports not in each other.
    fn check_places(&self) -> Result<(), Error> {
        let [length, depth, _] = self.size;
        let within = |[a, b]: [f64; 2], most: f64| a >= 0.0 && a < most && b > a && b <= most * (1.0 + 1e-9);
        let mm = |[a, b]: [f64; 2]| {
            format!(
                "{} to {} mm",
                digits(a / MILLIMETRE, 4),
                digits(b / MILLIMETRE, 4)
            )
        };
        for (i, inlet) in self.inlets.iter().enumerate() {
            if !(within(inlet.along, length) && inlet.spread > 0.0 && inlet.spread <= 0.5 * depth) {
                return Err(Error::Input(format!(
                    "inlet {i} is at {} along a channel of {} mm, and spreads {} mm of a depth of {} mm",
                    mm(inlet.along),
                    digits(length / MILLIMETRE, 4),
                    digits(inlet.spread / MILLIMETRE, 3),
                    digits(depth / MILLIMETRE, 3)
                )));
            }
        }
        for (i, p) in self.ports.iter().enumerate() {
            if !within(p.along, length) || !within(p.depth, depth) {
                return Err(Error::Input(format!(
                    "the port `{}` is at {} along the channel and at {} of its depth; the channel is {} mm long and {} mm deep",
                    p.name,
                    mm(p.along),
                    mm(p.depth),
                    digits(length / MILLIMETRE, 4),
                    digits(depth / MILLIMETRE, 4)
                )));
            }
            if let Some(o) = self.ports[..i].iter().find(|o| o.overlaps(p)) {
                return Err(Error::Input(format!(
                    "the ports `{}` and `{}` draw from the same place: {} along the channel, {} and {} of its depth",
                    o.name,
                    p.name,
                    mm(p.along),
                    mm(o.depth),
                    mm(p.depth)
                )));
            }
        }
        Ok(())
    }

    /// Makes sure that the pumps of a phase balance, and that its interface can be held.
    ///
    /// # Errors
    /// [`Error::Input`] with what is wrong and the numbers that decide.
    pub fn check_phase(&self, p: &Phase) -> Result<(), Error> {
        let wrong = |text: String| Err(Error::Input(format!("`{}`: {text}", p.name)));
        let per_minute = |q: f64| digits(q / MILLILITRE * 60.0 * SECOND, 4);
        if !(p.duration.is_finite() && p.duration > 0.0 && p.omega.is_finite() && p.omega > 0.0) {
            return wrong(format!(
                "it takes {} us at {} rad/us; both have to be above zero",
                p.duration, p.omega
            ));
        }
        if p.feed.len() != self.inlets.len() || p.draw.len() != self.ports.len() {
            return wrong(format!(
                "it has {} rates for {} inlets and {} for {} ports",
                p.feed.len(),
                self.inlets.len(),
                p.draw.len(),
                self.ports.len()
            ));
        }
        if p.feed.iter().any(|q| !(q.is_finite() && *q >= 0.0)) {
            return wrong("the rate of an inlet has to be zero or more".into());
        }
        let fed: f64 = p.feed.iter().sum();
        let mut pumps = 0.0;
        for d in &p.draw {
            match d {
                Draw::Rate(q) if q.is_finite() && *q >= 0.0 => pumps += q,
                Draw::Rate(q) => return wrong(format!("a port draws {} mL/min", per_minute(*q))),
                Draw::Rest => {}
            }
        }
        let rest = p.draw.iter().filter(|d| **d == Draw::Rest).count();
        let off = pumps - fed;
        if rest > 1 {
            return wrong(format!("{rest} ports take the rest; one can"));
        }
        if off > 1e-9 * fed || (rest == 0 && off.abs() > 1e-9 * fed) {
            return wrong(format!(
                "{} mL/min come in and the pumps of the ports draw {}: {} {}",
                per_minute(fed),
                per_minute(pumps),
                per_minute(off.abs()),
                if off > 0.0 { "more" } else { "less" }
            ));
        }
        let controlled = p.control.map(|(port, _)| port);
        if controlled.is_some_and(|i| !matches!(p.draw.get(i), Some(Draw::Rate(_))))
            || (controlled.is_some() && rest == 0)
        {
            return wrong(
                "an interface is held by a port with a pump, against another that takes the rest".into(),
            );
        }
        let depth = self.size[1];
        let holds = |c: &Controller| c.depth > 0.0 && c.depth < depth && c.time > 0.0 && c.time.is_finite();
        match p.control {
            Some((_, c)) if !holds(&c) => wrong(format!(
                "the interface cannot be held at {} mm of a depth of {} mm with a time constant of {} s",
                digits(c.depth / MILLIMETRE, 4),
                digits(depth / MILLIMETRE, 4),
                digits(c.time / SECOND, 3)
            )),
            _ => Ok(()),
        }
    }

    /// Whether the port nearest to the inner wall draws more plasma in a phase than the channel clears, with the numbers.
    pub fn overdrawn(&self, p: &Phase) -> Option<String> {
        let per_minute = |q: f64| digits(q / MILLILITRE * 60.0 * SECOND, 3);
        let depth = |i: &usize| self.ports[*i].depth[0];
        let port = (0..self.ports.len()).min_by(|a, b| depth(a).total_cmp(&depth(b)))?;
        let (rate, most) = (*p.rates().get(port)?, self.greatest_plasma(p.omega));
        (most > 0.0 && rate > most).then(|| {
            format!(
                "`{}` draws {} mL/min. At {} x g this channel clears {} mL/min of plasma from such blood, so red cells come along",
                self.ports[port].name,
                per_minute(rate),
                digits(self.mesh().mean_acceleration(p.omega) / STANDARD_GRAVITY, 3),
                per_minute(most)
            )
        })
    }

    /// Whether levels are too high for the mixing length, with the numbers.
    pub fn unresolved(&self) -> Option<String> {
        let half = 0.5 * self.mesh().step();
        (self.settling.mixing_length < half * (1.0 - 1e-9)).then(|| {
            format!(
                "the mixing length is {} um, and half a level {} um: the scheme mixes over half a level at least",
                digits(self.settling.mixing_length, 3),
                digits(half, 3)
            )
        })
    }
}
