//! Which back-end a run gets, and why.

use crate::Error;
use crate::cpu::Cpu;
use crate::engine::{Backend, CARRIED_BYTES_PER_PARCEL, Program, Setup};
use crate::kernels::approach::{End, Start};
use crate::magnets::{Collector, Field, FieldPoint, MagnetError};
use crate::memory::{self, Need};
use glam::DVec3;

/// What a person asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Which back-end.
    pub backend: Wanted,
    /// Which graphics adapter: its number or a part of its name. Asks for the GPU.
    pub device: Option<String>,
    /// Threads of the CPU back-end; 0 is one a logical processor.
    pub threads: usize,
}

/// Which back-end is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// A hardware GPU if there is one, else the CPU; never a graphics driver that is a program on the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// A graphics adapter, also one that is a program on the CPU.
    Gpu,
}

/// A graphics adapter, for a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Number by which it can be chosen.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// True if it is a program on the CPU.
    pub software: bool,
    /// Kind, driver, interface, limits.
    pub details: String,
}

/// The back-end that a [`Choice`] comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What it is.
    pub executor: Executor,
    /// Why this one.
    pub why: String,
    /// True if the device's memory is the host's: the CPU, or a graphics driver that is a program on it.
    on_host: bool,
    /// True if another back-end may take its place: the person left the choice to us.
    auto: bool,
    threads: usize,
}

/// What runs the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Executor {
    /// The CPU back-end.
    Cpu,
    /// The graphics adapter with this number or of this name; none is the first.
    Gpu(Option<String>),
}

/// What to say to who asks for what this build has not.
#[cfg(not(feature = "gpu"))]
const NO_GPU: &str = "this build has no GPU back-end; use the CPU, or build it with the feature `gpu`";

/// The graphics adapters; none if this build has no GPU back-end.
#[cfg(not(feature = "gpu"))]
pub fn adapters() -> Option<Vec<Listed>> {
    None
}

/// The graphics adapters; none if this build has no GPU back-end.
#[cfg(feature = "gpu")]
pub fn adapters() -> Option<Vec<Listed>> {
    let list = crate::gpu::adapters();
    Some(
        list.into_iter()
            .map(|a| Listed {
                details: format!(
                    "{}, {}, {}; a binding holds {}, a buffer {}",
                    a.kind,
                    a.api,
                    a.driver,
                    memory::show(a.max_binding),
                    memory::show(a.max_buffer)
                ),
                index: a.index,
                name: a.name,
                software: a.software,
            })
            .collect(),
    )
}

impl Choice {
    /// What the choice comes to on this machine. Looks for graphics adapters only where that matters.
    ///
    /// # Errors
    /// [`Error::Input`] for a contradiction, [`Error::Device`] if this build has no GPU back-end.
    pub fn decide(&self) -> Result<Decision, Error> {
        let decision = |executor, why: String| Decision {
            on_host: lives_on_host(&executor),
            executor,
            why,
            auto: self.backend == Wanted::Auto && self.device.is_none(),
            threads: self.threads,
        };
        match (self.backend, &self.device) {
            (Wanted::Cpu, Some(device)) => Err(Error::Input(format!(
                "the device `{device}` is a graphics adapter, and the back-end asked for is the CPU; leave one of \
                 them out"
            ))),
            (Wanted::Cpu, None) => Ok(decision(Executor::Cpu, "as asked".into())),
            (Wanted::Auto, None) => {
                let (executor, why) = automatic(adapters().as_deref());
                Ok(decision(executor, why))
            }
            #[cfg(not(feature = "gpu"))]
            (Wanted::Gpu | Wanted::Auto, _) => Err(Error::Device(NO_GPU.into())),
            #[cfg(feature = "gpu")]
            (Wanted::Gpu | Wanted::Auto, device) => {
                Ok(decision(Executor::Gpu(device.clone()), "as asked".into()))
            }
        }
    }
}

/// True for the CPU and for a graphics driver that is a program on it.
fn lives_on_host(executor: &Executor) -> bool {
    match executor {
        Executor::Cpu => true,
        #[cfg(not(feature = "gpu"))]
        Executor::Gpu(_) => false,
        #[cfg(feature = "gpu")]
        Executor::Gpu(device) => crate::gpu::find(&selector(device.as_deref())).is_some_and(|a| a.software),
    }
}

/// What is taken where the person does not say, and why.
fn automatic(adapters: Option<&[Listed]>) -> (Executor, String) {
    let Some(list) = adapters else {
        return (Executor::Cpu, "this build has no GPU back-end".into());
    };
    match list.iter().find(|a| !a.software) {
        Some(a) => (
            Executor::Gpu(Some(a.index.to_string())),
            format!("{} is the first hardware GPU", a.name),
        ),
        None if list.is_empty() => (Executor::Cpu, "no graphics adapter was found".into()),
        None => {
            let names: Vec<&str> = list.iter().map(|a| a.name.as_str()).collect();
            let why = format!(
                "no hardware GPU was found; software driver {} is not used unless you say `--backend gpu`",
                names.join(" or ")
            );
            (Executor::Cpu, why)
        }
    }
}

impl Decision {
    /// Refuses a run that does not fit into the host's memory.
    ///
    /// # Errors
    /// [`Error::Device`].
    pub fn check_memory(&self, setup: &Setup) -> Result<(), Error> {
        self.need(setup).check(memory::available())
    }

    /// What a run takes of the host's memory.
    pub fn need(&self, setup: &Setup) -> Need {
        if setup.carries() {
            // its parcels as drawn, in a back-end that lives there, and what comes back of them at the end
            let copies = if self.on_host { 3 } else { 2 };
            // what surfaces held and what the duct was like at work are kept beside the end: fate, clock and place each (measured: 223
            // bytes in all for a column with phases, 140 to 162 without any)
            let kept = if setup.protocol.is_steady() { 0 } else { 2 * 24 };
            return setup.need(copies * CARRIED_BYTES_PER_PARCEL + kept, self.threads);
        }
        let (per_parcel, besides) = match (&self.executor, self.on_host) {
            (Executor::Cpu, _) => (memory::CPU_BYTES_PER_PARCEL, 0),
            (Executor::Gpu(_), true) => (
                memory::CPU_BYTES_PER_PARCEL + memory::STAGING_BYTES_PER_PARCEL,
                memory::SOFTWARE_DRIVER_BYTES,
            ),
            (Executor::Gpu(_), false) => (memory::HOST_BYTES_PER_PARCEL, 0),
        };
        let need = setup.need(per_parcel, self.threads);
        Need {
            fixed: need.fixed + besides,
            ..need
        }
    }

    /// Gives a job to the back-end. If the choice was ours and the GPU fails, it is the CPU; then [`Decision::why`]
    /// says so.
    ///
    /// # Errors
    /// [`Error::Device`], [`Error::Internal`]; as the back-end's.
    pub fn open(&mut self, job: &Program<'_>) -> Result<Box<dyn Backend>, Error> {
        match &self.executor {
            Executor::Cpu => {}
            Executor::Gpu(device) => match graphics(device.as_deref(), job) {
                Err(Error::Device(what)) if self.auto => {
                    self.why = format!("the GPU cannot be used: {what}");
                    self.executor = Executor::Cpu;
                    // what is drawn is there already: the back-end looks whether it finds room itself
                    self.on_host = true;
                }
                other => return other,
            },
        }
        Ok(Box::new(Cpu::new(job, self.threads)?))
    }
}

/// What needs no run, on the device that would run it: cells flown past the collectors of a column, fields of magnets.
pub enum Pilot {
    /// On so many threads.
    Cpu(usize),
    /// On an adapter.
    #[cfg(feature = "gpu")]
    Gpu(Box<crate::gpu::Gpu>),
}

impl Pilot {
    /// Follows every cell to its end.
    ///
    /// # Errors
    /// [`Error::Input`] for a start out of reach, [`Error::Device`] if the device fails.
    pub fn fly(&self, collector: &Collector, starts: &[Start]) -> Result<Vec<End>, Error> {
        match self {
            Self::Cpu(threads) => crate::cpu::approach(*threads, collector, starts),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => crate::gpu::approach(gpu, collector, starts),
        }
    }

    /// B and its gradient at every one of `points` [um], each with its own answer: an error in a magnet.
    ///
    /// # Errors
    /// [`Error::Input`] for a field map on a GPU, [`Error::Device`] if the device fails.
    pub fn field(
        &self,
        field: &Field,
        points: &[DVec3],
    ) -> Result<Vec<Result<FieldPoint, MagnetError>>, Error> {
        match self {
            Self::Cpu(threads) => crate::cpu::field(*threads, field, points),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => crate::gpu::field(gpu, field, points),
        }
    }

    /// What it is, for people.
    pub fn name(&self) -> String {
        match self {
            Self::Cpu(_) => crate::cpu::describe(),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.adapter.name.clone(),
        }
    }
}

impl Decision {
    /// What needs no run, there. If the choice was ours and the GPU fails, it is the CPU.
    ///
    /// # Errors
    /// [`Error::Device`] if an adapter that was asked for cannot be used.
    pub fn pilot(&self) -> Result<Pilot, Error> {
        match &self.executor {
            Executor::Cpu => Ok(Pilot::Cpu(self.threads)),
            #[cfg(not(feature = "gpu"))]
            Executor::Gpu(_) => Err(Error::Device(NO_GPU.into())),
            #[cfg(feature = "gpu")]
            Executor::Gpu(device) => match crate::gpu::Gpu::open(&selector(device.as_deref())) {
                Ok(gpu) => Ok(Pilot::Gpu(Box::new(gpu))),
                Err(_) if self.auto => Ok(Pilot::Cpu(self.threads)),
                Err(e) => Err(e),
            },
        }
    }
}

#[cfg(not(feature = "gpu"))]
fn graphics(_: Option<&str>, _: &Program<'_>) -> Result<Box<dyn Backend>, Error> {
    Err(Error::Device(NO_GPU.into()))
}

#[cfg(feature = "gpu")]
fn graphics(device: Option<&str>, job: &Program<'_>) -> Result<Box<dyn Backend>, Error> {
    Ok(Box::new(crate::gpu::GpuBackend::new(job, &selector(device))?))
}

/// The adapter with this number or name; none is the first.
#[cfg(feature = "gpu")]
pub fn selector(device: Option<&str>) -> crate::gpu::Selector {
    use crate::gpu::Selector;
    match device {
        None => Selector::Default,
        Some(text) => match text.parse() {
            Ok(index) => Selector::Index(index),
            Err(_) => Selector::Name(text.into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(index: usize, software: bool) -> Listed {
        Listed {
            index,
            name: format!("adapter {index}"),
            software,
            details: String::new(),
        }
    }

    #[test]
    fn automatic_prefers_hardware_and_never_software() {
        let gpu = automatic(Some(&[adapter(0, true), adapter(1, false), adapter(2, false)])).0;
        assert_eq!(gpu, Executor::Gpu(Some("1".into())));
        let (cpu, why) = automatic(Some(&[adapter(0, true)]));
        assert!(cpu == Executor::Cpu && why.contains("adapter 0"), "{why}");
        assert_eq!(automatic(Some(&[])).0, Executor::Cpu);
        assert_eq!(automatic(None).0, Executor::Cpu);
    }

    #[test]
    fn contradiction_is_refused() {
        let choice = Choice {
            backend: Wanted::Cpu,
            device: Some("0".into()),
            threads: 0,
        };
        assert!(matches!(choice.decide(), Err(Error::Input(_))));
    }
}
