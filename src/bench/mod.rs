//! How fast the step is: parcel-steps a second on every back-end, beside the bandwidth that the machine has.

mod fields;
mod pictures;

use crate::engine::{Backend, CARRIED_BYTES_PER_PARCEL, Program, Setup, Suspension, felt};
use crate::kernels::Step;
use crate::model::Acceleration;
use crate::model::Parcels;
use crate::scenario::Scene;
use crate::{Error, cpu::Cpu, memory};
use glam::{DMat3, DVec3};
use serde::Serialize;
use std::time::{Duration, Instant};

/// What is measured.
#[derive(Clone, Debug)]
pub struct Options {
    /// Numbers of parcels.
    pub parcels: Vec<usize>,
    /// True to measure the CPU back-end.
    pub cpu: bool,
    /// Threads of the CPU back-end; 0 for all.
    pub threads: usize,
    /// How long each row is run at least.
    pub least: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            parcels: vec![100_000, 1_000_000, 10_000_000],
            cpu: true,
            threads: 0,
            least: Duration::from_millis(1500),
        }
    }
}

/// One row of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// `dilute`, `dense`, a kind of magnetic field, or `picture`.
    pub step: &'static str,
    /// Parcels.
    pub parcels: usize,
    /// `cpu` or `gpu`.
    pub backend: &'static str,
    /// Steps that were timed; pictures, where they are what is timed.
    pub steps: u64,
    /// Parcel-steps a second; of pictures, parcels drawn a second.
    pub rate: f64,
    /// Bytes that a parcel-step reads and writes in the parcels' buffers.
    pub bytes: f64,
    /// Bytes a second that follow from both.
    pub bandwidth: f64,
}

/// A device and the bandwidth of a plain copy on it.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// `cpu` or `gpu`.
    pub backend: &'static str,
    /// Name, driver, threads.
    pub device: String,
    /// Bytes read plus written a second by a copy of 256 MiB (what the device holds of it).
    pub copy_bandwidth: f64,
}

/// The whole table.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of the program.
    pub version: &'static str,
    /// Devices.
    pub machines: Vec<Machine>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// Bytes that the buffers of the parcels see in a parcel-step. The CPU back-end moves one axis; the kernels of the GPU
/// read all three.
fn bytes(backend: &str, suspension: Suspension) -> f64 {
    match (backend, suspension) {
        // place in and out, mobility and excess
        ("cpu", Suspension::Dilute) => 24.0,
        // the deposit reads place and moments besides
        ("cpu", Suspension::Dense) => 48.0,
        // three places in, one out, mobility and excess
        (_, Suspension::Dilute) => 40.0,
        // the deposit reads three places and the moments; the advance reads and writes three places
        (_, Suspension::Dense) => 96.0,
    }
}

/// The bundled scene with another number of parcels, dense or dilute.
///
/// # Errors
/// [`Error::Input`] if the bundled scene does not read.
pub fn setup(parcels: usize, suspension: Suspension) -> Result<Setup, Error> {
    let mut setup = Scene::bundled()?.setup;
    let all = setup.parcels().max(1);
    for c in &mut setup.components {
        c.parcels = (c.parcels * parcels / all).max(1);
    }
    setup.physics.suspension = suspension;
    Ok(setup)
}

/// Times the step on one back-end.
///
/// # Errors
/// Those of the back-end.
pub fn time(setup: &Setup, backend: &mut dyn Backend, least: Duration) -> Result<(u64, f64), Error> {
    // at full speed, five milliseconds a step: a tenth of a grid cell for a red cell at the start
    let t = setup.protocol.segments().first().map_or(0.0, |s| s.duration.us());
    let steps: Vec<Step> = (0..backend.device().batch as u32)
        .map(|number| Step {
            acceleration: felt(setup, t, 5e3),
            dt: 5e3,
            number,
            time: t,
            flow: 0.0,
            magnets: true,
            outlet: 0,
        })
        .collect();
    repeat(backend, &steps, setup.parcels(), least)
}

/// Steps done and parcel-steps a second.
fn repeat(
    backend: &mut dyn Backend,
    steps: &[Step],
    parcels: usize,
    least: Duration,
) -> Result<(u64, f64), Error> {
    // once to warm up: compile, fill caches
    backend.run(steps)?;
    let begin = Instant::now();
    let mut done = 0;
    while begin.elapsed() < least {
        backend.run(steps)?;
        done += steps.len() as u64;
    }
    Ok((done, done as f64 * parcels as f64 / begin.elapsed().as_secs_f64()))
}

/// Bytes a second that a plain copy on all threads of `pool` reads and writes.
fn copy_bandwidth(pool: &rayon::ThreadPool) -> Result<f64, Error> {
    use rayon::prelude::*;
    const WORDS: usize = 1 << 25;
    const CHUNK: usize = 1 << 20;
    let mut from = memory::room(WORDS)?;
    from.extend(0..WORDS as u64);
    let mut to = memory::filled(WORDS, 0_u64)?;
    Ok(pool.install(|| {
        (0..5)
            .map(|_| {
                let begin = Instant::now();
                to.par_chunks_mut(CHUNK)
                    .zip(from.par_chunks(CHUNK))
                    .for_each(|(to, from)| to.copy_from_slice(from));
                (2 * 8 * WORDS) as f64 / begin.elapsed().as_secs_f64()
            })
            .fold(0.0, f64::max)
    }))
}

/// Makes a back-end for a job.
type Maker<'a> = dyn FnMut(&Program<'_>) -> Result<Box<dyn Backend>, Error> + 'a;

/// Puts the parcels of a vessel on a back-end, if they fit.
fn vessel(setup: &Setup, options: &Options, make: &mut Maker<'_>) -> Result<Box<dyn Backend>, Error> {
    setup
        .need(memory::CPU_BYTES_PER_PARCEL, options.threads)
        .check(memory::available())?;
    let parcels = setup.draw()?;
    make(&Program::new(setup, &parcels, None)?)
}

fn rows(
    options: &Options,
    make: &mut Maker<'_>,
    report: &mut Report,
    tell: &mut dyn FnMut(&Row),
) -> Result<(), Error> {
    for suspension in [Suspension::Dilute, Suspension::Dense] {
        for &n in &options.parcels {
            let setup = setup(n, suspension)?;
            let mut backend = vessel(&setup, options, make)?;
            let (steps, rate) = time(&setup, &mut *backend, options.least)?;
            let kind = backend.device().backend;
            let bytes = bytes(kind, suspension);
            let row = Row {
                step: if suspension == Suspension::Dense {
                    "dense"
                } else {
                    "dilute"
                },
                parcels: setup.parcels(),
                backend: kind,
                steps,
                rate,
                bytes,
                bandwidth: rate * bytes,
            };
            tell(&row);
            report.rows.push(row);
        }
    }
    magnetic_rows(options, make, report, tell)?;
    if let Some(row) = pictures::row(options, make)? {
        tell(&row);
        report.rows.push(row);
    }
    Ok(())
}

/// The step in a magnetic field, for each kind of field: it looks the field up in a table, so that all of them should cost
/// the same. After them what flows, and a column, which looks no field up.
fn magnetic_rows(
    options: &Options,
    make: &mut Maker<'_>,
    report: &mut Report,
    tell: &mut dyn FnMut(&Row),
) -> Result<(), Error> {
    // every field at one number of parcels; how the cost grows with the number is the same for all, so one of them shows it
    let one = options.parcels.iter().copied().filter(|n| *n <= MANY).max();
    for &n in &options.parcels {
        let mut charge = None;
        for (name, field) in fields::all()? {
            if one == Some(n) || (n > MANY && name == GROWS) {
                let row = magnetic_row(options, make, name, fields::separator(n, field)?, &mut charge)?;
                tell(&row);
                report.rows.push(row);
            }
        }
    }
    if let Some(n) = one {
        for (name, s) in fields::flowing(n)? {
            let row = magnetic_row(options, make, name, s, &mut None)?;
            tell(&row);
            report.rows.push(row);
        }
    }
    Ok(())
}

/// Parcels with which every field is measured, at most.
const MANY: usize = 1_000_000;

/// The field that is measured with more of them.
const GROWS: &str = "block";

/// Times the step of `s`; its parcels are drawn where `charge` is empty, and are the same for all fields.
fn magnetic_row(
    options: &Options,
    make: &mut Maker<'_>,
    name: &'static str,
    s: Setup,
    charge: &mut Option<Parcels>,
) -> Result<Row, Error> {
    s.need(2 * CARRIED_BYTES_PER_PARCEL, 0)
        .check(memory::available())?;
    let charge: &Parcels = match charge {
        Some(charge) => charge,
        none => none.insert(s.draw()?),
    };
    let parcels = s.parcels();
    let table = s.table()?;
    let mut backend = make(&Program::new(&s, charge, table.as_ref())?)?;
    let acceleration = Acceleration {
        constant: s.gravity(),
        gradient: DMat3::ZERO,
        omega: DVec3::ZERO,
    };
    // a hundredth of a second: nothing comes far; where there is a flow a hundredth of that, for what has left costs nothing
    let dt = if s.stream.is_some() { 1e2 } else { 1e4 };
    let flow = s.rate() / s.duct().section.area();
    let steps: Vec<Step> = (0..backend.device().batch as u32)
        .map(|number| Step {
            acceleration,
            dt,
            number,
            time: f64::from(number) * dt,
            flow,
            magnets: true,
            outlet: 0,
        })
        .collect();
    let (steps, rate) = repeat(&mut *backend, &steps, parcels, options.least)?;
    // places in and out, mobility, excess density, magnetic mobility, fate in and out, clock in; the table is not counted
    let bytes = match s.matrix {
        None => 48.0 + 8.0 + 8.0 + 8.0 + 8.0,
        // place along the column and depth in and out, mobility, excess density, magnetic mobility, component, fate in and out, clock in
        Some(_) => 16.0 + 8.0 + 8.0 + 8.0 + 4.0 + 8.0 + 8.0,
    };
    Ok(Row {
        step: name,
        parcels,
        backend: backend.device().backend,
        steps,
        rate,
        bytes,
        bandwidth: rate * bytes,
    })
}

/// Measures the CPU back-end, and with `gpu` that adapter too.
///
/// # Errors
/// Those of the back-ends.
pub fn run(
    options: &Options,
    #[cfg(feature = "gpu")] gpu: Option<&crate::gpu::Selector>,
    tell: &mut dyn FnMut(&Row),
) -> Result<Report, Error> {
    let mut report = Report {
        version: env!("CARGO_PKG_VERSION"),
        machines: Vec::new(),
        rows: Vec::new(),
    };
    if options.cpu {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads)
            .build()
            .map_err(|e| Error::Device(format!("the threads could not be started: {e}")))?;
        let copy = copy_bandwidth(&pool)?;
        let mut device = String::new();
        rows(
            options,
            &mut |job| {
                let cpu = Cpu::new(job, options.threads)?;
                device = cpu.device().to_string();
                Ok(Box::new(cpu))
            },
            &mut report,
            tell,
        )?;
        report.machines.push(Machine {
            backend: "cpu",
            device,
            copy_bandwidth: copy,
        });
    }
    #[cfg(feature = "gpu")]
    if let Some(selector) = gpu {
        let mut device = String::new();
        let copy = crate::gpu::Gpu::open(selector)?.copy_bandwidth()?;
        rows(
            options,
            &mut |job| {
                let gpu = crate::gpu::GpuBackend::new(job, selector)?;
                device = gpu.device().to_string();
                Ok(Box::new(gpu))
            },
            &mut report,
            tell,
        )?;
        report.machines.push(Machine {
            backend: "gpu",
            device,
            copy_bandwidth: copy,
        });
    }
    Ok(report)
}

/// The table for a person.
pub fn table(report: &Report) -> String {
    let mut out = format!("buffycoat {}\n", report.version);
    for m in &report.machines {
        out += &format!(
            "{}: {}; a plain copy moves {:.1} GB/s\n",
            m.backend,
            m.device,
            m.copy_bandwidth / 1e9
        );
    }
    out += &format!(
        "\n{:<18} {:>10}  {:<4} {:>8} {:>22} {:>8} {:>8} {:>9}\n",
        "step", "parcels", "on", "steps", "million parcel-steps/s", "B/step", "GB/s", "of a copy"
    );
    for r in &report.rows {
        let copy = report
            .machines
            .iter()
            .find(|m| m.backend == r.backend)
            .map_or(f64::NAN, |m| m.copy_bandwidth);
        out += &format!(
            "{:<18} {:>10}  {:<4} {:>8} {:>22.1} {:>8.0} {:>8.2} {:>8.0}%\n",
            r.step,
            r.parcels,
            r.backend,
            r.steps,
            r.rate / 1e6,
            r.bytes,
            r.bandwidth / 1e9,
            100.0 * r.bandwidth / copy
        );
    }
    out
}

#[cfg(test)]
mod tests;
