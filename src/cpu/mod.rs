//! The CPU back-end: the program on rayon's threads in f64, complete without any graphics driver.
//!
//! Sums are integers and maxima do not depend on order, so the number of threads changes nothing in the result.

mod advect;
mod approach;
mod block;
mod calls;
mod carried;
mod carrier;
mod column;
mod crowd;
mod dilute;
mod field;
mod harness;
mod lookup;
mod matrix;
mod patches;
mod picture;
mod slip;
mod state;
mod walls;

pub use approach::approach;
pub use field::field;
pub use harness::run_fixture;

use crate::Error;
use crate::engine::{Backend, BatchStats, Call, Device, Entries, Layout, Pass, Program};
use crate::kernels::Step;
use crate::memory;
use calls::Tables;
use state::State;
use std::ops::Range;

/// Most threads for each logical processor; more spend their time waiting for each other.
const THREADS_PER_PROCESSOR: usize = 8;

/// The CPU back-end.
pub struct Cpu {
    device: Device,
    pool: rayon::ThreadPool,
    layout: Layout,
    state: State,
    /// Tables of the last call that brought any.
    left: Vec<(&'static str, Entries<'static>)>,
}

impl Cpu {
    /// Takes a program with its parcels. `threads` = 0 uses one a logical processor.
    ///
    /// # Errors
    /// [`Error::Device`] if the memory does not suffice, or the threads cannot be started.
    pub fn new(program: &Program<'_>, threads: usize) -> Result<Self, Error> {
        let pool = pool(threads)?;
        let threads = pool.current_num_threads();
        program.need(threads, 0).check(memory::available())?;
        Ok(Self {
            device: device(threads),
            layout: program.layout.clone(),
            state: State::new(program, threads)?,
            left: Vec::new(),
            pool,
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

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn run(&mut self, steps: &[Step]) -> Result<BatchStats, Error> {
        let mut stats = BatchStats::default();
        for step in steps {
            for pass in self.layout.step {
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

    fn call(&mut self, call: &Call<'_>) -> Result<(), Error> {
        let state = &mut self.state;
        if call.tables.is_empty() {
            return self.pool.install(|| state.call(call, &mut Tables::default()));
        }
        let mut tables = Tables::new(call, std::mem::take(&mut self.left))?;
        self.pool.install(|| state.call(call, &mut tables))?;
        self.left = tables.left(call);
        Ok(())
    }

    fn read(&mut self, buffer: &str, rows: Range<usize>) -> Result<Entries<'static>, Error> {
        match self.left.iter().find(|(name, _)| *name == buffer) {
            Some((_, entries)) => entries.rows(buffer, rows),
            None => self.state.read(buffer, rows),
        }
    }

    fn write(&mut self, column: &str, first: usize, entries: &Entries<'_>) -> Result<(), Error> {
        self.layout.admits(column, entries)?;
        self.state.write(column, first, entries)
    }
}

/// Steps of a batch.
const BATCH: usize = 8;

/// The processor with so many threads, as the back-end calls it.
pub fn device(threads: usize) -> Device {
    Device {
        backend: "cpu",
        name: processor_name(),
        driver: instruction_set().into(),
        threads,
        batch: BATCH,
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
        let cpu = run_fixture(&advance_guided::KERNEL, &f).unwrap();
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
