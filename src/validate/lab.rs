//! Where the cases are run: the engine, and a look at every parcel whenever a profile is taken.

use super::Maker;
use crate::chamber::{Chamber, sector::Sector, tube::Tube};
use crate::constants::SECOND;
use crate::continuum::{Channel, ChannelRun, Findings, Phase};
use crate::engine::{
    self, Backend, BatchStats, CARRIED_BYTES_PER_PARCEL, Call, Device, Entries, Event, Layout, Outcome,
    Profile, Program, Readings, Sampling, Setup, Stepping, Suspension,
};
use crate::kernels::Step;
use crate::magnets::Collector;
use crate::model::{
    Amount, CellClass, Component, Fluid, Mounting, Parcels, Protocol, Rotor, Species, Status,
};
use crate::scenario::Scene;
use crate::{Error, fixed, memory};
use std::ops::{ControlFlow, Range};

/// What a case has cost.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    pub(super) device: Option<Device>,
    /// Most parcels in one run.
    pub(super) parcels: usize,
    /// Most grid cells in one run.
    pub(super) layers: u32,
    pub(super) runs: usize,
    pub(super) steps: u64,
}

/// Runs set-ups on the back-ends of one maker, and counts what that costs.
pub struct Lab<'a> {
    maker: &'a Maker<'a>,
    tamper: Box<dyn Fn(&mut Setup) + 'a>,
    tamper_separator: Box<dyn Fn(&mut Setup) + 'a>,
    tamper_collector: Box<dyn Fn(&mut Collector) + 'a>,
    tamper_channel: Box<dyn Fn(&mut Channel) + 'a>,
    pub(super) work: Work,
    pub(super) notes: Vec<String>,
}

/// What was seen of a run.
pub(super) struct Seen {
    /// Times of the profiles and of the traces [us].
    pub(super) times: Vec<f64>,
    /// Profiles from the start to the end.
    pub(super) profiles: Vec<Profile>,
    /// Depth below the meniscus [um], `[profile][parcel]`, for runs that were traced.
    pub(super) depths: Vec<Vec<f64>>,
    pub(super) outcome: Outcome,
    /// Component of each parcel.
    pub(super) kind: Vec<u32>,
}

impl<'a> Lab<'a> {
    /// A lab with the back-ends that `maker` makes.
    pub fn new(maker: &'a Maker<'a>) -> Self {
        Self::tampered(maker, |_| {})
    }

    /// A lab in which every set-up is changed before it is run, to see that a case notices.
    pub(super) fn tampered(maker: &'a Maker<'a>, tamper: impl Fn(&mut Setup) + 'a) -> Self {
        Self {
            maker,
            tamper: Box::new(tamper),
            tamper_separator: Box::new(|_| {}),
            tamper_collector: Box::new(|_| {}),
            tamper_channel: Box::new(|_| {}),
            work: Work::default(),
            notes: Vec::new(),
        }
    }

    /// A lab in which every separator is changed before it is run.
    #[cfg(test)]
    pub(super) fn with_other_separators(maker: &'a Maker<'a>, tamper: impl Fn(&mut Setup) + 'a) -> Self {
        Self {
            tamper_separator: Box::new(tamper),
            ..Self::new(maker)
        }
    }

    /// Runs a separator to its end.
    pub(super) fn separate(&mut self, s: &mut Setup) -> Result<(Parcels, Outcome), Error> {
        (self.tamper_separator)(s);
        s.need(CARRIED_BYTES_PER_PARCEL * 3, 0)
            .check(memory::available())?;
        let charge = s.draw()?;
        let table = s.table()?;
        let mut backend = (self.maker)(&Program::new(s, &charge, table.as_ref())?)?;
        let end = engine::run(s, &charge, backend.as_mut(), &mut |_| ControlFlow::Continue(()))?;
        let w = &mut self.work;
        w.device = Some(end.device.clone());
        w.parcels = w.parcels.max(charge.len());
        w.layers = w.layers.max(s.cells.iter().product());
        w.runs += 1;
        w.steps += end.steps;
        Ok((charge, end))
    }

    /// A channel at its start.
    pub(super) fn channel(&mut self, mut channel: Channel) -> Result<ChannelRun, Error> {
        (self.tamper_channel)(&mut channel);
        let w = &mut self.work;
        w.device = Some(crate::cpu::device(rayon::current_num_threads()));
        w.layers = w
            .layers
            .max(u32::try_from(channel.mesh().cells()).unwrap_or(u32::MAX));
        w.runs += 1;
        ChannelRun::new(channel)
    }

    /// What happens in a channel in so many seconds of a phase.
    pub(super) fn watch(
        &mut self,
        run: &mut ChannelRun,
        phase: &Phase,
        seconds: f64,
    ) -> Result<Findings, Error> {
        let (before, steps) = (run.ledger().clone(), run.steps());
        run.advance(phase, seconds * SECOND)?;
        self.work.steps += run.steps() - steps;
        Ok(Findings::between(run.channel(), &before, run.ledger()))
    }

    /// A lab in which every channel is changed before it is run.
    #[cfg(test)]
    pub(super) fn with_other_channels(maker: &'a Maker<'a>, tamper: impl Fn(&mut Channel) + 'a) -> Self {
        Self {
            tamper_channel: Box::new(tamper),
            ..Self::new(maker)
        }
    }

    /// Cross-sections of a collector for these ratios.
    pub(super) fn capture(&mut self, collector: &Collector, ratios: &[f64]) -> Result<Vec<f64>, Error> {
        let mut collector = *collector;
        (self.tamper_collector)(&mut collector);
        let mut backend = (self.maker)(&Program::empty())?;
        let w = &mut self.work;
        w.device = Some(backend.device().clone());
        w.runs += 1;
        engine::survey(&collector, ratios, 0.0, &mut |starts| {
            w.parcels = w.parcels.max(starts.len());
            backend.approach(&collector, starts)
        })
    }

    /// Surveys the collectors of a column as [`Lab::capture`] does one.
    pub(super) fn survey(&mut self, scene: &mut Scene) -> Result<(), Error> {
        let mut backend = (self.maker)(&Program::empty())?;
        let tamper = &self.tamper_collector;
        scene.survey(&mut |collector, starts| {
            let mut collector = *collector;
            tamper(&mut collector);
            backend.approach(&collector, starts)
        })
    }

    /// A lab in which every collector is changed before it is surveyed.
    #[cfg(test)]
    pub(super) fn with_other_collectors(maker: &'a Maker<'a>, tamper: impl Fn(&mut Collector) + 'a) -> Self {
        Self {
            tamper_collector: Box::new(tamper),
            ..Self::new(maker)
        }
    }

    /// Something that a reader of the report should know.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Runs `setup` and keeps its profiles.
    pub(super) fn run(&mut self, setup: &Setup) -> Result<Seen, Error> {
        self.drawn(setup, Watch::default())
    }

    /// Runs `setup` and keeps its profiles and, with each, the depths of all parcels.
    pub(super) fn trace(&mut self, setup: &Setup) -> Result<Seen, Error> {
        self.drawn(
            setup,
            Watch {
                trace: true,
                steps: None,
            },
        )
    }

    /// As [`Lab::trace`], but ends after the first batch that completes this many steps, counted from when the step has
    /// grown to its length (it starts at a microsecond).
    pub(super) fn trace_steps(&mut self, setup: &Setup, steps: u64) -> Result<Seen, Error> {
        self.drawn(
            setup,
            Watch {
                trace: true,
                steps: Some(steps),
            },
        )
    }

    /// Runs `setup` with parcels that are there already.
    pub(super) fn run_with(&mut self, setup: &Setup, parcels: &Parcels) -> Result<Seen, Error> {
        self.go(setup, parcels, Watch::default())
    }

    /// The parcels of a set-up, as the lab would run them.
    pub(super) fn draw(&self, setup: &mut Setup) -> Result<Parcels, Error> {
        (self.tamper)(setup);
        setup
            .need(memory::CPU_BYTES_PER_PARCEL, 0)
            .check(memory::available())?;
        setup.draw()
    }

    fn drawn(&mut self, setup: &Setup, watch: Watch) -> Result<Seen, Error> {
        let mut setup = setup.clone();
        let parcels = self.draw(&mut setup)?;
        self.go(&setup, &parcels, watch)
    }

    fn go(&mut self, setup: &Setup, parcels: &Parcels, watch: Watch) -> Result<Seen, Error> {
        let mut backend = Watched {
            inner: (self.maker)(&Program::new(setup, parcels, None)?)?,
            trace: watch.trace,
            positions: Vec::new(),
        };
        let mut profiles = Vec::new();
        let (mut last_dt, mut grown) = (0.0, None);
        let outcome = engine::run(setup, parcels, &mut backend, &mut |event| {
            match event {
                Event::Profile(p) => profiles.push(p.clone()),
                Event::Progress { steps, dt, .. } => {
                    if grown.is_none() && *dt < GROWING * last_dt {
                        grown = Some(*steps);
                    }
                    last_dt = *dt;
                    if let (Some(most), Some(from)) = (watch.steps, grown)
                        && *steps >= from + most
                    {
                        return ControlFlow::Break(());
                    }
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })?;
        // a run that was broken off ends with a profile that no event carried
        if profiles.last().is_none_or(|p| p.time < outcome.profile.time) {
            profiles.push(outcome.profile.clone());
        }
        let grid = setup.grid();
        let depths = backend
            .positions
            .iter()
            .map(|z| z.iter().map(|p| grid.position(2, fixed::to_cells(*p))).collect())
            .collect();
        let w = &mut self.work;
        w.device = Some(outcome.device.clone());
        w.parcels = w.parcels.max(parcels.len());
        w.layers = w.layers.max(setup.layers());
        w.runs += 1;
        w.steps += outcome.steps;
        Ok(Seen {
            times: profiles.iter().map(|p| p.time).collect(),
            profiles,
            depths,
            outcome,
            kind: parcels.kind.clone(),
        })
    }
}

/// What is kept of a run besides its profiles, and when it ends early.
#[derive(Clone, Copy, Debug, Default)]
struct Watch {
    trace: bool,
    steps: Option<u64>,
}

/// A batch's last step over that of the batch before, while the step still grows to its length (1.5 a step).
const GROWING: f64 = 1.4;

/// A back-end that remembers where the parcels were whenever a profile was taken.
struct Watched {
    inner: Box<dyn Backend>,
    trace: bool,
    positions: Vec<Vec<u64>>,
}

impl Backend for Watched {
    fn device(&self) -> &Device {
        self.inner.device()
    }

    fn layout(&self) -> &Layout {
        self.inner.layout()
    }

    fn run(&mut self, steps: &[Step]) -> Result<BatchStats, Error> {
        self.inner.run(steps)
    }

    fn call(&mut self, call: &Call<'_>) -> Result<(), Error> {
        self.inner.call(call)
    }

    fn read(&mut self, buffer: &str, rows: Range<usize>) -> Result<Entries<'static>, Error> {
        if self.trace && buffer == "tally" {
            let [_, _, z] = self.inner.positions()?;
            self.positions.push(z);
        }
        self.inner.read(buffer, rows)
    }

    fn write(&mut self, column: &str, first: usize, entries: &Entries<'_>) -> Result<(), Error> {
        self.inner.write(column, first, entries)
    }
}

/// A spherical cell of one size [um] and density [g/mL], alone (no aggregates).
pub(super) fn cell(name: &str, diameter: f64, density: f64) -> Species {
    Species {
        name: name.into(),
        class: CellClass::Particle,
        diameter,
        diameter_sd: 0.0,
        density,
        density_sd: 0.0,
        correlation: 0.0,
        drag_factor: 1.0,
        packing_limit: 0.94,
        aggregation: 1.0,
        colour: [128; 3],
        source: "validation case".into(),
        status: Status::Derived,
    }
}

/// So few of a species that nothing feels them: one cell in a microlitre.
pub(super) fn trace_of(species: Species, parcels: usize) -> Component {
    Component::new(
        species,
        Amount::Concentration(1.0 / crate::constants::MICROLITRE),
        parcels,
    )
}

/// A volume fraction of a species.
pub(super) fn crowd_of(species: Species, fraction: f64, parcels: usize) -> Component {
    Component::new(species, Amount::VolumeFraction(fraction), parcels)
}

/// A tube [um] of the width of a common laboratory tube; no result depends on it.
pub(super) fn tube(height: f64) -> Chamber {
    Chamber::Tube(Tube { radius: 7e3, height })
}

/// A sector from radius `a` to `b` [um].
pub(super) fn sector(a: f64, b: f64) -> Chamber {
    Chamber::Sector(Sector {
        meniscus_radius: a,
        height: b - a,
        angle: 0.05,
        thickness: 1e4,
    })
}

/// Radii `a` to `b` [um], gravity left out.
pub(super) fn horizontal(a: f64, b: f64) -> Rotor {
    Rotor {
        mounting: Mounting::Horizontal,
        meniscus_radius: a,
        bottom_radius: b,
    }
}

/// A dense run without limits on the step but those of the scheme, with `samples` intervals between profiles.
pub(super) fn dense(
    fluid: Fluid,
    chamber: Chamber,
    rotor: Rotor,
    protocol: Protocol,
    components: Vec<Component>,
    layers: u32,
    samples: usize,
) -> Setup {
    let (duration, protocol_end) = (protocol.duration(), protocol.end());
    Setup {
        seed: 7,
        components,
        cells: [1, 1, layers],
        rotor,
        protocol,
        sampling: Sampling {
            every: protocol_end.part(samples as i64),
            bins: layers,
        },
        stepping: Stepping {
            longest: duration,
            ..Stepping::default()
        },
        ..Setup::new(chamber, fluid)
    }
}

/// A dilute run in at least `samples` steps.
pub(super) fn dilute(
    fluid: Fluid,
    chamber: Chamber,
    rotor: Rotor,
    protocol: Protocol,
    components: Vec<Component>,
    samples: usize,
) -> Setup {
    let mut s = dense(fluid, chamber, rotor, protocol, components, 100, samples);
    s.physics.suspension = Suspension::Dilute;
    s
}
