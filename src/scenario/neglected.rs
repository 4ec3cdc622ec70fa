//! What a run leaves out, with what that may do to its result in the units of the result. Judged over the whole programme, against
//! what the run tells apart.

use super::Scene;
use super::forecast::{Forecast, SpeciesForecast};
use crate::chamber::Chamber;
use crate::constants::{SECOND, STANDARD_GRAVITY};
use crate::engine::{Lateral, Setup, Suspension};
use crate::magnets::Table;
use crate::model::CellClass;
use crate::units::{Dimension, digits, rounded, show};

/// Distance between 10 and 90 % of a step that diffusion has smoothed, over the standard deviation of the diffusion.
const WIDTH: f64 = 2.563;

/// Force times time after which rouleaux are half formed [g us], and the time that they take at any force [us]: 950 s at 1 g, 100 s at
/// 10 g, 8 s at 1500 g (a model of collisions and bridging fitted to lag times of sedimentation rates at a haematocrit of 36 to 42 %;
/// derived, unverified).
const ROULEAUX: [f64; 2] = [950.0 * SECOND, 8.0 * SECOND];

/// Force [g] from which red cells were measured to pack to 94 % (Clark & Walsh 1960), and that of microhaematocrits, to 97 %.
const FIRM: [f64; 2] = [1430.0, 12_000.0];

/// Force times time at the bottom [g min] before which neither bed is as firm as that: 10 min at 1430 x g.
const PACKED: f64 = 14_300.0;

/// What the bed of red cells comes to here at such forces: 0.88 after 15 and 0.90 after 30 min at 1430 x g, 0.91 at 12 000 x g (measured
/// with this program).
const LOOSE: f64 = 0.90;

/// Sideways part of a path by Coriolis' force from which on it is said.
const SIDEWAYS: f64 = 0.02;

/// How far apart things have to lie in a vessel for a run to tell them apart [um]: a grid layer or a bin; in a dilute suspension, which
/// has no grid to speak of, a bin.
pub fn resolution(setup: &Setup) -> f64 {
    let coarsest = match setup.physics.suspension {
        Suspension::Dense => setup.layers().min(setup.sampling.bins),
        Suspension::Dilute => setup.sampling.bins,
    };
    setup.chamber.height() / f64::from(coarsest.max(1))
}

/// How wide Brownian motion makes a boundary of a species over the whole programme [um], from 10 to 90 %: the standard deviation is
/// sqrt(2 D t). What holds a boundary together, crowding and the weight of a layer, makes it narrower, so this is the most.
pub fn smeared(setup: &Setup, species: &SpeciesForecast) -> f64 {
    let deviation = (2.0 * species.diffusivity * setup.protocol.duration()).sqrt();
    (WIDTH * deviation).min(setup.chamber.height())
}

impl Scene {
    /// What the results of this scene leave out and rest on, each in a sentence: effects that the model does not have and that are
    /// larger than what the run tells apart, and numbers that nobody has verified; with the table of its field if it has one.
    pub fn caveats(&self, table: Option<&Table>) -> Vec<String> {
        if let Some(channel) = &self.setup.channel {
            return self.caveats_of_channel(channel);
        }
        if self.setup.carries() {
            return self.caveats_of_carried(table);
        }
        self.left_out(Some(Bed::Expected))
    }

    /// The same after a run, whose layer of red cells is filled by them to `bed`; none if it has no such layer, or has not come to its end.
    pub fn caveats_of_run(&self, table: Option<&Table>, bed: Option<f64>) -> Vec<String> {
        if self.setup.carries() {
            return self.caveats_of_carried(table);
        }
        self.left_out(bed.map(Bed::Found))
    }

    fn left_out(&self, bed: Option<Bed>) -> Vec<String> {
        let f = self.forecast();
        let mut out: Vec<String> = f
            .species
            .iter()
            .filter_map(|s| brownian(&self.setup, s))
            .collect();
        out.extend(rouleaux(&self.setup, &f));
        out.extend(left_behind(&self.setup, &f));
        out.extend(bed.and_then(|bed| loose_bed(&self.setup, &f, bed)));
        out.extend(walls(&self.setup));
        out.extend(coriolis(&self.setup, &f));
        let unverified = self.notes.iter().filter(|n| n.starts_with("unverified"));
        out.extend(unverified.cloned());
        out
    }
}

/// Two digits: of an estimate they are enough.
fn rough(x: f64, dimension: Dimension) -> String {
    show(rounded(x, 2), dimension)
}

fn length(x: f64) -> String {
    rough(x, Dimension::Length)
}

fn brownian(setup: &Setup, s: &SpeciesForecast) -> Option<String> {
    let (width, tells) = (smeared(setup, s), resolution(setup));
    (width > tells).then(|| {
        format!(
            "not modelled: Brownian motion. It would make boundaries of `{}` up to {} wide (10 to 90 %); the run resolves {}",
            s.name,
            length(width),
            length(tells)
        )
    })
}

/// Whether the many have come to rest by the end: they have gone through the free height and half of it again.
fn settled(setup: &Setup, f: &Forecast, s: &SpeciesForecast) -> bool {
    let free = (1.0 - f.fraction / setup.physics.packing_limit).max(0.0) * setup.chamber.height();
    s.hindered.abs() * f.g_minutes * 60.0 * SECOND > 1.5 * free
}

/// The red cells, if they are the many.
fn red<'a>(setup: &Setup, f: &'a Forecast) -> Option<&'a SpeciesForecast> {
    let many = f
        .species
        .iter()
        .zip(&setup.components)
        .max_by(|a, b| a.0.fraction.total_cmp(&b.0.fraction))?;
    let dense = setup.physics.suspension == Suspension::Dense;
    (dense && many.1.species.class == CellClass::Erythrocyte).then_some(many.0)
}

fn rouleaux(setup: &Setup, f: &Forecast) -> Option<String> {
    let cells = red(setup, f).filter(|s| s.aggregation > 1.0)?;
    if settled(setup, f, cells) {
        return None;
    }
    let duration = setup.protocol.duration();
    // as in the mean of the programme
    let force = f.g_minutes * 60.0 * SECOND / duration;
    let lag = ROULEAUX[0] / force.max(f64::MIN_POSITIVE) + ROULEAUX[1];
    let deeper = cells.hindered.abs() * force * lag.min(duration);
    (deeper > resolution(setup)).then(|| {
        format!(
            "not modelled: rouleaux need about {} to form (unverified). The red-cell surface may be up to {} too deep",
            rough(lag, Dimension::Time),
            length(deeper)
        )
    })
}

/// What brings red cells into real plasma and is not in the run: those that have joined no aggregate, and stirring after the spin.
fn left_behind(setup: &Setup, f: &Forecast) -> Vec<String> {
    let spins = !setup.rotor.mounting.on_bench() && f.peak_omega > 0.0;
    let Some(cells) = red(setup, f).filter(|_| spins) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    if cells.aggregation > 1.0 {
        // to where the bed ends, which cells fill to LOOSE at best
        let bed = f.radius[2] - (f.radius[2] - f.radius[0]) * (cells.fraction / LOOSE).min(1.0);
        let part = (bed / f.radius[0]).ln() / (f.radius[2] / f.radius[0]).ln();
        out.push(format!(
            "not modelled: single red cells. All of them sink as fast as aggregated ones, {} times faster than one alone. A cell of mean size that has \
             joined no aggregate needs {} at the peak force from the meniscus to the bed, and smaller ones need longer",
            digits(cells.aggregation, 3),
            rough(part * f.clearing(cells, f.height), Dimension::Time)
        ));
    }
    out.push(
        "not modelled: stirring by the brake and while layers are drawn off. It brings cells back into the plasma".to_owned(),
    );
    out
}

/// What is known of the bed of red cells: before a run what it may come to at best, and after it what they fill of it in the mean.
enum Bed {
    Expected,
    Found(f64),
}

fn loose_bed(setup: &Setup, f: &Forecast, bed: Bed) -> Option<String> {
    let cells = red(setup, f)?;
    let force = f.force[2];
    let packed = f.g_minutes * f.radius[2] / f.radius[1].max(f64::MIN_POSITIVE) >= PACKED;
    let spins = !setup.rotor.mounting.on_bench();
    if let (true, false, Bed::Found(mean)) = (spins, packed, &bed)
        && *mean < LOOSE
    {
        return Some(format!(
            "the bed is still packing at the end: red cells fill {} of it, and in a longer spin their surface sinks further",
            show(rounded(*mean, 3), Dimension::Fraction)
        ));
    }
    if force < FIRM[0] || !packed || !settled(setup, f, cells) || setup.physics.packing_limit <= LOOSE {
        return None;
    }
    let real = if force < FIRM[1] { 0.94 } else { 0.97 };
    let (here, fill, by) = match bed {
        Bed::Expected => (LOOSE, "fill at most about", "at least"),
        Bed::Found(mean) => (mean, "fill", "about"),
    };
    let higher = cells.fraction * setup.chamber.height() * (1.0 / here - 1.0 / real);
    let percent = |x: f64| show(rounded(x, 3), Dimension::Fraction);
    (higher > resolution(setup)).then(|| {
        format!(
            "not modelled: the bed's compression. Red cells {fill} {} of their bed here, and {} in a real tube: their surface is {by} {} \
             too high",
            percent(here),
            percent(real),
            length(higher)
        )
    })
}

/// Cells move along radii, and the walls of a straight tube do not. The centrifugal field has no part along the rotor's axis, so paths
/// spread in the plane of rotation alone: the cells that start evenly over the circle of the meniscus would fill an ellipse at the
/// bottom, as wide as the circle along the axis and r1/r0 times as wide in the plane. A share r0/r1 of it is inside the tube.
fn walls(setup: &Setup) -> Option<String> {
    let spins = !setup.rotor.mounting.on_bench() && setup.protocol.peak_omega() > 0.0;
    if !spins || matches!(setup.chamber, Chamber::Sector(_)) || setup.physics.lateral == Lateral::Resolved {
        return None;
    }
    let (walls, straight) = match setup.chamber {
        Chamber::Tube(_) => ("tube walls", "a tube is straight"),
        _ => ("side walls", "the side walls are parallel"),
    };
    let share = 1.0 - setup.rotor.meniscus_radius / setup.rotor.bottom_radius;
    (share > 0.05).then(|| {
        format!(
            "not modelled: {walls}. Cells sink along radii, and {straight}: about {} of the cells that sink its full length would meet \
             the wall. They would slide along it, and layers may form sooner",
            show((100.0 * share).round() / 100.0, Dimension::Fraction)
        )
    })
}

fn coriolis(setup: &Setup, f: &Forecast) -> Option<String> {
    if setup.physics.coriolis || setup.rotor.mounting.on_bench() {
        return None;
    }
    let turned = |s: &SpeciesForecast| 2.0 * (s.coefficient * s.aggregation).abs() * f.peak_omega;
    let most = f.species.iter().max_by(|a, b| turned(a).total_cmp(&turned(b)))?;
    (turned(most) > SIDEWAYS).then(|| {
        format!(
            "not modelled: the Coriolis force. It would turn the paths of `{}` sideways by up to {} of their length",
            most.name,
            show((100.0 * turned(most)).round() / 100.0, Dimension::Fraction)
        )
    })
}

impl Forecast {
    /// Integral of the rotor's speed squared over the programme [1/s]; zero on the bench.
    pub fn omega_squared_t(&self) -> f64 {
        match self.peak_omega > 0.0 {
            // um/us2 over um, times minutes
            true => self.g_minutes * 60.0 * SECOND * STANDARD_GRAVITY / self.radius[1] * SECOND,
            false => 0.0,
        }
    }

    /// k factor at the peak speed [Svedberg hours], of the sample from its meniscus to its bottom: over a sedimentation coefficient it is
    /// the time in which a cell sinks the whole way; none on the bench.
    pub fn k_factor(&self) -> Option<f64> {
        let per_second = self.peak_omega * SECOND;
        (per_second > 0.0)
            .then(|| (self.radius[2] / self.radius[0]).ln() / (per_second * per_second) * 1e13 / 3600.0)
    }

    /// Time [us] in which a single cell sinks, or rises, the whole way in the clear fluid at the peak force.
    pub fn clearing(&self, species: &SpeciesForecast, height: f64) -> f64 {
        match self.peak_omega > 0.0 {
            true => {
                (self.radius[2] / self.radius[0]).ln()
                    / (species.coefficient.abs() * self.peak_omega * self.peak_omega)
            }
            false => height / species.stokes.abs(),
        }
    }
}
