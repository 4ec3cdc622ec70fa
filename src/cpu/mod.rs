//! The CPU back-end: the program on rayon's threads in f64, complete without any graphics driver.
//!
//! Sums are integers and maxima do not depend on order, so the number of threads changes nothing in the result.

mod approach;
mod block;
mod carried;
mod carrier;
mod column;
mod dilute;
mod field;
mod harness;
mod lookup;
mod matrix;
mod one;
mod patches;
mod picture;
mod slip;
mod state;
mod walls;

pub use approach::approach;
pub use field::field;
pub use harness::run_fixture;

use crate::Error;
use crate::engine::{
    Backend, BatchStats, CARRIED_BYTES_PER_PARCEL, Census, Charge, Device, Fates, Job, Matrix, Parcel, Pass,
    Program, Room, Separator, Setup, Tally, Way,
};
use crate::kernels::approach::{Around, End, Start, check};
use crate::kernels::fields::Field;
use crate::kernels::passage::{self, FREE, WAITING, carrier};
use crate::kernels::{Environment, Passage, Plate, Shown, Step};
use crate::magnets::{Collector, Table};
use crate::memory::{self, Need};
use crate::model::Parcels;
use patches::Patches;
use state::State;

/// Most threads for each logical processor; more spend their time waiting for each other.
const THREADS_PER_PROCESSOR: usize = 8;

/// The CPU back-end.
pub struct Cpu {
    device: Device,
    pool: rayon::ThreadPool,
    program: Program,
    state: State,
}

impl Cpu {
    /// Takes a job.
    ///
    /// # Errors
    /// As [`Cpu::new`].
    pub fn take(job: &Job<'_>, threads: usize) -> Result<Self, Error> {
        match *job {
            Job::Vessel { setup, parcels } => Self::new(setup, parcels, threads),
            Job::Separator {
                separator,
                charge,
                table,
            } => Self::carry(separator, charge, table.map(Table::nodes), threads),
        }
    }

    /// Takes the parcels of a run. `threads` = 0 uses one a logical processor.
    ///
    /// # Errors
    /// [`Error::Input`] for a setup or parcels that cannot be run, [`Error::Device`] if the memory does not suffice,
    /// or the threads cannot be started.
    pub fn new(setup: &Setup, parcels: &Parcels, threads: usize) -> Result<Self, Error> {
        setup.check()?;
        parcels.check(setup.components.len(), &setup.grid())?;
        let pool = pool(threads)?;
        // the parcels are there already, and at the end they come back once more
        Need {
            held: memory::DRAWN_BYTES_PER_PARCEL,
            ..setup.need(
                memory::CPU_BYTES_PER_PARCEL - memory::DRAWN_BYTES_PER_PARCEL,
                pool.current_num_threads(),
            )
        }
        .check(memory::available())?;
        let grid = setup.grid();
        let [x, y, z] = &parcels.position;
        let state = State {
            environment: Environment::new(setup, parcels.moment_unit),
            first: 0,
            inverse_volume: grid.volume.iter().map(|v| 1.0 / v).collect(),
            components: setup.components.len(),
            position: [memory::copy(x)?, memory::copy(y)?, memory::copy(z)?],
            mobility: memory::copy(&parcels.mobility)?,
            excess: memory::copy(&parcels.excess)?,
            moments: memory::copy(&parcels.moments)?,
            kind: memory::copy(&parcels.kind)?,
            carried: state::Carried::default(),
            sums: memory::filled(grid.len(), [0; 4])?,
            parts: (0..pool.current_num_threads())
                .map(|_| memory::filled(grid.len(), [0; 4]))
                .collect::<Result<_, _>>()?,
            fields: memory::filled(grid.len(), Field::default())?,
        };
        Ok(Self {
            device: device(pool.current_num_threads()),
            program: Program::new(setup.physics.suspension),
            pool,
            state,
        })
    }
}

impl Cpu {
    /// Takes the parcels of a separator, whose field has `pull` on the corners of its grid cells (none without a field).
    ///
    /// # Errors
    /// As [`Cpu::new`].
    pub fn carry(
        s: &Separator,
        charge: &Charge,
        pull: Option<&[[f32; 4]]>,
        threads: usize,
    ) -> Result<Self, Error> {
        s.check()?;
        let pool = pool(threads)?;
        Need {
            held: CARRIED_BYTES_PER_PARCEL,
            ..s.need(2 * CARRIED_BYTES_PER_PARCEL)
        }
        .check(memory::available())?;
        let [x, y, z] = &charge.position;
        let flow = s.flow();
        let mut clock = memory::room(charge.len())?;
        clock.extend(charge.enter.iter().map(|t| [*t, -1.0]));
        let mut fate = memory::room(charge.len())?;
        fate.extend(charge.enter.iter().map(|t| if *t > 0.0 { WAITING } else { FREE }));
        let room = Room::new(s, charge);
        let carried = state::Carried {
            passage: Passage::new(s, flow.as_ref()),
            magnetic: memory::copy(&charge.magnetic)?,
            fate,
            clock,
            pull: passage::pull(s, pull)?,
            carrier: carrier(flow.as_ref())?,
            largest: state::largest(&charge.mobility),
            depth: memory::copy(&charge.depth)?,
            capture: s.matrix.as_ref().map(Matrix::rows).unwrap_or_default(),
            unspecific: s
                .matrix
                .as_ref()
                .map(|m| m.unlabelled(s.duct.length))
                .unwrap_or_default(),
            patches: Patches::new(&room, s.cells[2] as usize)?,
        };
        let state = State {
            environment: Environment::carried(s),
            first: 0,
            inverse_volume: Vec::new(),
            components: s.components.len(),
            position: [memory::copy(x)?, memory::copy(y)?, memory::copy(z)?],
            mobility: memory::copy(&charge.mobility)?,
            excess: memory::copy(&charge.excess)?,
            moments: Vec::new(),
            kind: memory::copy(&charge.kind)?,
            carried,
            sums: Vec::new(),
            parts: Vec::new(),
            fields: Vec::new(),
        };
        Ok(Self {
            device: device(pool.current_num_threads()),
            program: Program::carried(Way::of(s), room.limited),
            pool,
            state,
        })
    }
}

/// So many threads; 0 is one a logical processor.
fn pool(threads: usize) -> Result<rayon::ThreadPool, Error> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    if threads > THREADS_PER_PROCESSOR * processors {
        return Err(Error::Input(format!(
            "{threads} threads on {processors} processors would mostly wait for each other; at most {} are taken, and \
             0 takes as many as there are processors",
            THREADS_PER_PROCESSOR * processors
        )));
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|i| format!("buffycoat-{i}"))
        .build()
        .map_err(|e| {
            Error::Device(format!(
                "the threads could not be started: {e}; take fewer with --threads"
            ))
        })
}

impl Backend for Cpu {
    fn device(&self) -> &Device {
        &self.device
    }

    fn run(&mut self, steps: &[Step]) -> Result<BatchStats, Error> {
        let mut stats = BatchStats::default();
        for step in steps {
            for pass in self.program.passes {
                match pass {
                    // the deposit starts from zero by itself
                    Pass::Clear(_) => {}
                    Pass::Run(kernel) => {
                        let state = &mut self.state;
                        let pass = self.pool.install(|| state.pass(kernel, step))?;
                        stats = stats.merge(pass);
                    }
                }
            }
            if stats.bad.is_some() {
                break;
            }
        }
        Ok(stats)
    }

    fn tally(&mut self) -> Result<Vec<Vec<Tally>>, Error> {
        let state = &self.state;
        Ok(self.pool.install(|| state.tally()))
    }

    fn fields(&mut self) -> Result<Vec<Field>, Error> {
        if !self
            .program
            .passes
            .iter()
            .any(|p| matches!(p, Pass::Run(k) if k.name == "fields"))
        {
            return Ok(Vec::new());
        }
        // of the present places, not of those before the last step
        let state = &mut self.state;
        self.pool.install(|| {
            state.deposit();
            state.fields();
        });
        memory::copy(&self.state.fields)
    }

    fn positions(&mut self) -> Result<[Vec<u64>; 3], Error> {
        let [x, y, z] = &self.state.position;
        Ok([memory::copy(x)?, memory::copy(y)?, memory::copy(z)?])
    }

    fn parcel(&mut self, index: usize) -> Result<Parcel, Error> {
        self.state.parcel(index)
    }

    fn census(&mut self) -> Result<Vec<Census>, Error> {
        let state = &self.state;
        Ok(self.pool.install(|| state.census()))
    }

    fn fates(&mut self) -> Result<Fates, Error> {
        Ok(Fates {
            fate: memory::copy(&self.state.carried.fate)?,
            clock: memory::copy(&self.state.carried.clock)?,
        })
    }

    fn release(&mut self, step: &Step) -> Result<(), Error> {
        let state = &mut self.state;
        self.pool.install(|| state.release(step));
        state.carried.patches.settle();
        Ok(())
    }

    fn retime(&mut self, when: &dyn Fn(f64) -> f64) -> Result<(), Error> {
        self.state.retime(when);
        Ok(())
    }

    fn approach(&mut self, collector: &Collector, starts: &[Start]) -> Result<Vec<End>, Error> {
        check(collector, starts)?;
        let around = Around::new(collector.words());
        Ok(self.pool.install(|| approach::fly_all(&around, starts)))
    }

    fn picture(&mut self, plate: &Plate) -> Result<Vec<u32>, Error> {
        // of the present places
        let crowded = matches!(plate.shown, Shown::Fraction | Shown::Slip) && !self.fields()?.is_empty();
        let state = &self.state;
        self.pool.install(|| state.picture(plate, crowded))
    }

    fn batch(&self) -> usize {
        8
    }
}

/// The processor with so many threads, as the back-end calls it.
pub fn device(threads: usize) -> Device {
    Device {
        backend: "cpu",
        name: processor_name(),
        driver: instruction_set().into(),
        threads,
        software: false,
    }
}

/// Processor and instruction set, for people.
pub fn describe() -> String {
    format!("{}, {}", processor_name(), instruction_set())
}

/// Name of the processor as the system gives it.
fn processor_name() -> String {
    std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|l| l.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| format!("{} processor", std::env::consts::ARCH))
}

/// The widest instruction sets that the loops were compiled for and this processor has: dilute and carried loop have an AVX-512
/// form, the dense one, which is bound by look-ups, has not.
fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512bw")
        {
            return "AVX2, dilute and carried AVX-512";
        }
        if is_x86_feature_detected!("avx2") {
            return "AVX2";
        }
    }
    "portable instructions"
}

#[cfg(test)]
mod tests {
    use super::run_fixture;
    use crate::kernels::{Reference, advance_carried, advance_guided};

    /// A part that is shortened is none: the CPU gives up the parcels that the twin gives up, and no others. Where those go that are not
    /// given up is no matter here: over thousands of parts roundings grow.
    #[test]
    fn a_step_of_many_tries() {
        let f = advance_carried::retried();
        let start = f.positions("position_x");
        let twin = (advance_guided::KERNEL.twin)(&f);
        let cpu = run_fixture(&advance_guided::KERNEL, &f).unwrap().unwrap();
        let by_name = twin.iter().find(|o| o.0 == "position_x");
        let Some((_, Reference::Positions(twin))) = by_name else {
            panic!("the twin has no places")
        };
        let cpu = &cpu.iter().find(|o| o.0 == "position_x").unwrap().1.0;
        let low = |p: u64| p as u32;
        let stays: Vec<[bool; 2]> = (0..f.items)
            .map(|i| [low(twin[i]), cpu[2 * i]].map(|x| x == low(start[i])))
            .collect();
        assert!(stays.iter().all(|[twin, cpu]| twin == cpu), "{stays:?}");
        // two enter later; one needs too many parts
        assert_eq!(stays.iter().filter(|s| s[0]).count(), 3, "{stays:?}");
    }
}
