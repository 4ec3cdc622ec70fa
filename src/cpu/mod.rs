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
use crate::engine::{Backend, BatchStats, Census, Device, Fates, Parcel, Pass, Program, Tally};
use crate::kernels::approach::{Around, End, Start, check};
use crate::kernels::fields::Field;
use crate::kernels::{Plate, Shown, Step};
use crate::magnets::Collector;
use crate::memory;
use state::State;

/// Most threads for each logical processor; more spend their time waiting for each other.
const THREADS_PER_PROCESSOR: usize = 8;

/// The CPU back-end.
pub struct Cpu {
    device: Device,
    pool: rayon::ThreadPool,
    step: &'static [Pass],
    has_fields: bool,
    state: State,
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
            step: program.step,
            has_fields: !program.fields.is_empty(),
            state: State::new(program, threads)?,
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

    fn run(&mut self, steps: &[Step]) -> Result<BatchStats, Error> {
        let mut stats = BatchStats::default();
        for step in steps {
            for pass in self.step {
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
        if !self.has_fields {
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
