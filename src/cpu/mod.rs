//! The CPU back-end: the program on rayon's threads in f64, complete without any graphics driver.
//!
//! Sums are integers and maxima do not depend on order, so the number of threads changes nothing in the result.

mod column;
mod dilute;
mod harness;

pub use harness::run_fixture;

use crate::Error;
use crate::engine::{Backend, BatchStats, Device, Pass, Program, Setup, Tally};
use crate::kernels::fields::{Field, field_of_sums};
use crate::kernels::{Environment, Step, deposit, profile};
use crate::model::Parcels;
use rayon::prelude::*;

/// Parcels that one task takes at a time: large enough to amortise the hand-over, small enough for the cache.
const CHUNK: usize = 1 << 14;

/// Most threads for each logical processor; more spend their time waiting for each other.
const THREADS_PER_PROCESSOR: usize = 8;

/// The CPU back-end.
pub struct Cpu {
    device: Device,
    pool: rayon::ThreadPool,
    program: Program,
    environment: Environment,
    inverse_volume: Vec<f64>,
    components: usize,
    position: [Vec<u64>; 3],
    mobility: Vec<f32>,
    excess: Vec<f32>,
    moments: Vec<[i32; 4]>,
    kind: Vec<u32>,
    sums: Vec<[i64; 4]>,
    fields: Vec<Field>,
}

impl Cpu {
    /// Takes the parcels of a run. `threads` = 0 uses one a logical processor.
    ///
    /// # Errors
    /// [`Error::Internal`] if the threads cannot be started.
    pub fn new(setup: &Setup, parcels: &Parcels, threads: usize) -> Result<Self, Error> {
        setup.check()?;
        parcels.check(setup.components.len(), &setup.grid())?;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        if threads > THREADS_PER_PROCESSOR * processors {
            return Err(Error::Input(format!(
                "{threads} threads on {processors} processors would mostly wait for each other; at most {} are taken, \
                 and 0 takes as many as there are processors",
                THREADS_PER_PROCESSOR * processors
            )));
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|i| format!("buffycoat-{i}"))
            .build()
            .map_err(|e| Error::Internal(format!("the threads could not be started: {e}")))?;
        let grid = setup.grid();
        let device = device(pool.current_num_threads());
        Ok(Self {
            device,
            pool,
            program: Program::new(setup.physics.suspension),
            environment: Environment::new(setup, parcels.moment_unit),
            inverse_volume: grid.volume.iter().map(|v| 1.0 / v).collect(),
            components: setup.components.len(),
            position: parcels.position.clone(),
            mobility: parcels.mobility.clone(),
            excess: parcels.excess.clone(),
            moments: parcels.moments.clone(),
            kind: parcels.kind.clone(),
            sums: vec![[0; 4]; grid.len()],
            fields: vec![Field::default(); grid.len()],
        })
    }

    fn deposit(&mut self) {
        let (cells, n) = (self.sums.len(), self.environment.cells);
        let [x, y, z] = &self.position;
        let layered = n[0] == 1 && n[1] == 1;
        let moments = &self.moments;
        let sums = self.pool.install(|| {
            z.par_chunks(CHUNK)
                .enumerate()
                .fold(
                    || vec![[0_i64; 4]; cells],
                    |mut sums, (chunk, z)| {
                        let first = chunk * CHUNK;
                        if layered {
                            column::deposit(&mut sums, z, &moments[first..first + z.len()]);
                        } else {
                            for (i, z) in z.iter().enumerate() {
                                let j = first + i;
                                let cell = ((z >> 32) * u64::from(n[1]) + (y[j] >> 32)) * u64::from(n[0])
                                    + (x[j] >> 32);
                                deposit::add(&mut sums, cell as usize, moments[j]);
                            }
                        }
                        sums
                    },
                )
                .reduce_with(|mut a, b| {
                    a.iter_mut()
                        .zip(b)
                        .for_each(|(a, b)| a.iter_mut().zip(b).for_each(|(a, b)| *a += b));
                    a
                })
        });
        match sums {
            Some(sums) => self.sums = sums,
            None => self.sums.fill([0; 4]),
        }
    }

    fn fields(&mut self) {
        for ((field, sums), inverse) in self.fields.iter_mut().zip(&self.sums).zip(&self.inverse_volume) {
            *field = field_of_sums(*sums, *inverse, &self.environment);
        }
    }

    fn advance(&mut self, step: &Step, dense: bool) -> BatchStats {
        let env = &self.environment;
        let table = dense.then(|| column::Table::new(&self.fields, env, step));
        let [x, y, z] = &mut self.position;
        let (mobility, excess) = (&self.mobility, &self.excess);
        self.pool.install(|| {
            z.par_chunks_mut(CHUNK)
                .zip(x.par_chunks_mut(CHUNK))
                .zip(y.par_chunks_mut(CHUNK))
                .zip(mobility.par_chunks(CHUNK))
                .zip(excess.par_chunks(CHUNK))
                .enumerate()
                .map(|(chunk, ((((z, x), y), m), e))| {
                    let first = (chunk * CHUNK) as u64;
                    match &table {
                        Some(table) => column::advance(table, z, m, e, first),
                        None if dilute::along_axis(env, step) => {
                            dilute::advance_column(z, m, e, env, step, first)
                        }
                        None => dilute::advance(x, y, z, m, e, env, step, first),
                    }
                })
                .reduce(BatchStats::default, merge)
        })
    }
}

/// Of two batches' statistics the greatest, the sum and the first.
fn merge(a: BatchStats, b: BatchStats) -> BatchStats {
    let bad = match (a.bad, b.bad) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    BatchStats {
        greatest: a.greatest.max(b.greatest),
        bounded: a.bounded + b.bounded,
        bad,
    }
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
                    Pass::Run(kernel) => match kernel.name {
                        "deposit" => self.deposit(),
                        "fields" => self.fields(),
                        "advance_dense" => stats = merge(stats, self.advance(step, true)),
                        "advance_dilute" => stats = merge(stats, self.advance(step, false)),
                        other => {
                            return Err(Error::Internal(format!("the CPU back-end has no kernel {other}")));
                        }
                    },
                }
            }
            if stats.bad.is_some() {
                break;
            }
        }
        Ok(stats)
    }

    fn tally(&mut self) -> Result<Vec<Vec<Tally>>, Error> {
        let (bins, cells, components) = (self.environment.bins, self.environment.cells[2], self.components);
        let empty = || vec![vec![Tally::default(); bins as usize]; components];
        let (kind, moments) = (&self.kind, &self.moments);
        Ok(self.pool.install(|| {
            self.position[2]
                .par_chunks(CHUNK)
                .zip(kind.par_chunks(CHUNK))
                .zip(moments.par_chunks(CHUNK))
                .fold(empty, |mut tally, ((z, kind), moments)| {
                    for ((z, kind), m) in z.iter().zip(kind).zip(moments) {
                        let t = &mut tally[*kind as usize][profile::bin(*z, bins, cells)];
                        t.parcels += 1;
                        t.volume += m[0] as u64;
                    }
                    tally
                })
                .reduce(empty, |mut a, b| {
                    for (a, b) in a.iter_mut().flatten().zip(b.iter().flatten()) {
                        a.parcels += b.parcels;
                        a.volume += b.volume;
                    }
                    a
                })
        }))
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
        self.deposit();
        Self::fields(self);
        Ok(self.fields.clone())
    }

    fn positions(&mut self) -> Result<[Vec<u64>; 3], Error> {
        Ok(self.position.clone())
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

/// The widest instruction set that the loops were compiled for and this processor has.
fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
            return "AVX-512";
        }
        if is_x86_feature_detected!("avx2") {
            return "AVX2";
        }
    }
    "portable instructions"
}
