//! The program on a GPU: everything stays on the device, many steps go in one submission, and nothing comes back but
//! twenty bytes of statistics a submission and what an observable asks for.

use super::pages::{self, Paged};
use super::pipeline::{self, Compiled};
use super::{Gpu, Selector, buffers};
use crate::Error;
use crate::engine::{
    Backend, BatchStats, Census, Contents, Device, Fates, Parcel, Pass, Program, Tally, told,
};
use crate::kernels::approach::{End, Start};
use crate::kernels::fields::Field;
use crate::kernels::passage::{FATES, SURFACES};
use crate::kernels::{self, Environment, Over, Params, Plate, Statistics, Step};
use crate::magnets::Collector;
use crate::memory;
use std::time::{Duration, Instant};

/// Most steps in one submission.
pub(super) const BATCH: usize = 8;

/// How long a submission aims to take at most: drivers of screens reset a device that does not answer for two seconds.
const SUBMISSION: Duration = Duration::from_millis(200);

/// Steps that fit into `goal` when `steps` took `time`; never more than twice as many, lest one quick submission asks for
/// too much.
fn steps_in(goal: Duration, time: Duration, steps: usize) -> usize {
    let fit = goal.as_secs_f64() / time.as_secs_f64().max(1e-9) * steps as f64;
    (fit as usize).min(2 * steps).clamp(1, BATCH)
}

/// One pass of the program, compiled and bound: once for every page, or once for all grid cells.
pub(super) enum Ready {
    Clear(&'static str),
    Run {
        compiled: Compiled,
        bound: Vec<(wgpu::BindGroup, [u32; 2])>,
    },
}

/// The GPU back-end.
pub struct GpuBackend {
    pub(super) gpu: Gpu,
    device: Device,
    pub(super) environment: Environment,
    pub(super) components: usize,
    pub(super) pages: Vec<Paged>,
    shared: Vec<(&'static str, wgpu::Buffer)>,
    program: Vec<Ready>,
    /// Works out the fields of the grid cells; empty where there are none.
    fields: Vec<Ready>,
    /// Counts parcels by bin, in a separator by fate.
    counting: Ready,
    /// Lets go what surfaces hold, and settles them; in a separator only.
    pub(super) releasing: Vec<Ready>,
    /// Takes pictures; compiled for the first.
    pub(super) camera: Option<super::picture::Camera>,
    /// Steps in the next submission, 1 to [`BATCH`]; it does not change the result, which is made of whole steps.
    per_submission: usize,
}

impl GpuBackend {
    /// Takes a program with its parcels onto a device.
    ///
    /// # Errors
    /// [`Error::Device`] if there is no device, if the population does not fit, or if the driver refuses.
    pub fn new(program: &Program<'_>, selector: &Selector) -> Result<Self, Error> {
        Self::on(Gpu::open(selector)?, program, u64::MAX)
    }

    /// As [`GpuBackend::new`] on an open device, with pages of at most `page` parcels; tests make pages small.
    ///
    /// # Errors
    /// As [`GpuBackend::new`].
    pub fn on(gpu: Gpu, program: &Program<'_>, page: u64) -> Result<Self, Error> {
        if gpu.adapter.software {
            // a software device lives in the machine's own memory, and does not report when it runs out
            program
                .need(1, memory::STAGING_BYTES_PER_PARCEL)
                .check(memory::available())?;
        }
        let shared = tables(&gpu, program)?;
        let columns = pages::columns(program);
        let per_page = pages::per_page(&gpu, &columns, page);
        let pages = pages::load_all(&gpu, &columns, program.parcels(), per_page)?;
        let mut backend = Self {
            device: gpu.describe(),
            environment: program.environment,
            components: program.components,
            pages,
            shared,
            program: Vec::new(),
            fields: Vec::new(),
            counting: Ready::Clear("stats"),
            releasing: Vec::new(),
            camera: None,
            per_submission: 1,
            gpu,
        };
        let prepare = |passes: &[Pass]| passes.iter().map(|p| backend.prepare(p)).collect();
        let step: Result<Vec<Ready>, Error> = prepare(program.step);
        let fields: Result<Vec<Ready>, Error> = prepare(program.fields);
        let releasing: Result<Vec<Ready>, Error> = prepare(program.release);
        let counting = backend.prepare(&Pass::Run(program.count))?;
        (backend.program, backend.fields) = (step?, fields?);
        (backend.releasing, backend.counting) = (releasing?, counting);
        Ok(backend)
    }

    pub(super) fn shared(&self, name: &str) -> Option<&wgpu::Buffer> {
        self.shared.iter().find(|(n, _)| *n == name).map(|(_, b)| b)
    }

    pub(super) fn needed(&self, name: &str) -> Result<&wgpu::Buffer, Error> {
        self.shared(name)
            .ok_or_else(|| Error::Internal(format!("the GPU back-end has no buffer `{name}`")))
    }

    pub(super) fn prepare(&self, pass: &Pass) -> Result<Ready, Error> {
        let kernel = match pass {
            Pass::Clear(name) => return Ok(Ready::Clear(name)),
            Pass::Run(kernel) => *kernel,
        };
        let compiled = Compiled::new(&self.gpu, kernel)?;
        let bound = match kernel.over {
            Over::Cells => {
                let groups = pipeline::groups(&self.gpu, self.environment.cell_count(), kernel.workgroup);
                vec![(compiled.bind(&self.gpu, &|n| self.shared(n))?, groups)]
            }
            Over::Pixels => {
                return Err(Error::Internal(format!("{} is no pass of a step", kernel.name)));
            }
            Over::Patches => {
                let patches = SURFACES as usize * self.environment.cells[2] as usize;
                let groups = pipeline::groups(&self.gpu, patches, kernel.workgroup);
                vec![(compiled.bind(&self.gpu, &|n| self.shared(n))?, groups)]
            }
            Over::Parcels | Over::Rounds => self
                .pages
                .iter()
                .map(|page| {
                    let groups = match kernel.over {
                        Over::Rounds => [kernels::rounds(page.count, kernel.workgroup), 1],
                        _ => pipeline::groups(&self.gpu, page.count, kernel.workgroup),
                    };
                    Ok((
                        compiled.bind(&self.gpu, &|n| page.find(n).or_else(|| self.shared(n)))?,
                        groups,
                    ))
                })
                .collect::<Result<Vec<_>, Error>>()?,
        };
        Ok(Ready::Run { compiled, bound })
    }

    fn record(&self, encoder: &mut wgpu::CommandEncoder, ready: &Ready, step: usize) -> Result<(), Error> {
        match ready {
            Ready::Clear(name) => encoder.clear_buffer(self.needed(name)?, 0, None),
            Ready::Run { compiled, bound } => {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                for (group, groups) in bound {
                    compiled.record(&mut pass, group, step, *groups);
                }
            }
        }
        Ok(())
    }

    fn submit(&self, passes: &[&Ready], steps: &[Step]) -> Result<(), Error> {
        let params: Vec<Params> = steps.iter().map(|s| Params::new(&self.environment, s)).collect();
        pipeline::write_params(&self.gpu, self.needed("params")?, &params);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        for step in 0..steps.len() {
            for ready in passes {
                self.record(&mut encoder, ready, step)?;
            }
        }
        self.gpu.queue.submit([encoder.finish()]);
        Ok(())
    }

    /// Runs the program for these steps in one submission.
    fn submit_steps(&self, steps: &[Step]) -> Result<BatchStats, Error> {
        let stats = self.needed("stats")?;
        let fresh = Statistics::FRESH.words();
        self.gpu
            .queue
            .write_buffer(stats, 0, bytemuck::cast_slice(&fresh));
        let passes: Vec<&Ready> = self.program.iter().collect();
        self.submit(&passes, steps)?;
        let words = buffers::read(&self.gpu, stats, 4 * Statistics::WORDS as u64)?;
        let words = words
            .try_into()
            .map_err(|_| Error::Internal("the statistics of a batch have a wrong length".into()))?;
        let s = Statistics::from_words(words);
        Ok(BatchStats {
            fullest: s.fullest,
            greatest: s.greatest,
            bounded: u64::from(s.bounded),
            bad: (s.bad_step != u32::MAX).then_some((s.bad_step, u64::from(s.bad_parcel))),
        })
    }

    /// Works out the fields of the grid cells for the present places; false in a run without any.
    pub(super) fn refresh_fields(&self) -> Result<bool, Error> {
        if self.fields.is_empty() {
            return Ok(false);
        }
        let passes: Vec<&Ready> = self.fields.iter().collect();
        self.submit(&passes, &[Step::still()])?;
        Ok(true)
    }

    /// Loses the device on purpose; for tests of what happens then.
    #[doc(hidden)]
    pub fn lose(&self) {
        self.gpu.lose();
    }

    /// As [`Gpu::stall`].
    #[doc(hidden)]
    pub fn stall(&self, late: Duration) {
        self.gpu.stall(late);
    }
}

/// The tables of a program on a device, and the parameters of the steps of a submission.
fn tables(gpu: &Gpu, program: &Program<'_>) -> Result<Vec<(&'static str, wgpu::Buffer)>, Error> {
    let storage = wgpu::BufferUsages::STORAGE;
    let size = |(name, contents): &(&'static str, Contents<'_>)| {
        let bytes = match contents {
            Contents::Empty(words) => 4 * words,
            Contents::Given(entries) => entries.bytes().len() as u64,
            Contents::Reals(all) => 4 * all.len() as u64,
        };
        (told(name), bytes)
    };
    buffers::check(gpu, &program.tables.iter().map(size).collect::<Vec<_>>())?;
    let mut all = vec![("params", pipeline::params_buffer(gpu, BATCH)?)];
    if let Some(passage) = &program.passage {
        let buffer = pipeline::uniform(gpu, "passage", bytemuck::bytes_of(passage))?;
        all.push(("passage", buffer));
    }
    for (name, contents) in &program.tables {
        let buffer = match contents {
            Contents::Empty(words) => buffers::empty(gpu, name, 4 * words, storage)?,
            Contents::Given(entries) => buffers::filled(gpu, name, entries.bytes())?,
            Contents::Reals(all) => {
                let all: Vec<f32> = all.iter().map(|x| *x as f32).collect();
                buffers::filled(gpu, name, bytemuck::cast_slice(&all))?
            }
        };
        all.push((name, buffer));
    }
    Ok(all)
}

impl Backend for GpuBackend {
    fn device(&self) -> &Device {
        &self.device
    }

    fn run(&mut self, steps: &[Step]) -> Result<BatchStats, Error> {
        let mut all = BatchStats::default();
        let mut rest = steps;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(self.per_submission.min(rest.len()));
            rest = after;
            let begin = Instant::now();
            all = all.merge(self.submit_steps(part)?);
            self.per_submission = steps_in(SUBMISSION, begin.elapsed(), part.len());
            if all.bad.is_some() {
                break;
            }
        }
        Ok(all)
    }

    fn tally(&mut self) -> Result<Vec<Vec<Tally>>, Error> {
        let bins = self.environment.bins as usize;
        let tally = self.needed("tally")?;
        self.submit(&[&Ready::Clear("tally"), &self.counting], &[Step::still()])?;
        let words = buffers::read(&self.gpu, tally, (self.components * bins * 12) as u64)?;
        Ok(words
            .chunks_exact(3 * bins)
            .map(|row| {
                row.chunks_exact(3)
                    .map(|w| Tally {
                        parcels: u64::from(w[0]),
                        volume: u64::from(w[1]) | u64::from(w[2]) << 32,
                    })
                    .collect()
            })
            .collect())
    }

    fn fields(&mut self) -> Result<Vec<Field>, Error> {
        if !self.refresh_fields()? {
            return Ok(Vec::new());
        }
        let words = buffers::read(
            &self.gpu,
            self.needed("fields")?,
            self.environment.cell_count() as u64 * 16,
        )?;
        Ok(Field::rows(bytemuck::cast_slice(&words)))
    }

    fn positions(&mut self) -> Result<[Vec<u64>; 3], Error> {
        let n = self.pages.iter().map(|p| p.count).sum();
        let mut out: [Vec<u64>; 3] = [memory::room(n)?, memory::room(n)?, memory::room(n)?];
        for page in &self.pages {
            for (axis, name) in ["position_x", "position_y", "position_z"].into_iter().enumerate() {
                let buffer = page
                    .find(name)
                    .ok_or_else(|| Error::Internal(format!("page {} has no buffer `{name}`", page.first)))?;
                let words = buffers::read(&self.gpu, buffer, 8 * page.count as u64)?;
                out[axis].extend(
                    words
                        .chunks_exact(2)
                        .map(|w| u64::from(w[0]) | u64::from(w[1]) << 32),
                );
            }
        }
        Ok(out)
    }

    fn parcel(&mut self, index: usize) -> Result<Parcel, Error> {
        self.one(index)
    }

    fn census(&mut self) -> Result<Vec<Census>, Error> {
        let Some(census) = self.shared("census") else {
            return Ok(Vec::new());
        };
        self.submit(&[&Ready::Clear("census"), &self.counting], &[Step::still()])?;
        let words = buffers::read(&self.gpu, census, (self.components * FATES as usize * 4) as u64)?;
        Ok(words
            .chunks_exact(FATES as usize)
            .map(|row| std::array::from_fn(|k| u64::from(row[k])))
            .collect())
    }

    fn fates(&mut self) -> Result<Fates, Error> {
        let mut out = Fates::default();
        if self.shared("census").is_none() {
            return Ok(out);
        }
        let n = self.pages.iter().map(|p| p.count).sum();
        (out.fate, out.clock) = (memory::room(n)?, memory::room(n)?);
        for page in &self.pages {
            let words = |name: &str, bytes: usize| {
                let buffer = page
                    .find(name)
                    .ok_or_else(|| Error::Internal(format!("page {} has no buffer `{name}`", page.first)))?;
                buffers::read(&self.gpu, buffer, (bytes * page.count) as u64)
            };
            out.fate.extend(words("fate", 4)?);
            let clock = words("clock", 8)?;
            out.clock
                .extend(clock.chunks_exact(2).map(|w| [w[0], w[1]].map(f32::from_bits)));
        }
        Ok(out)
    }

    fn release(&mut self, step: &Step) -> Result<(), Error> {
        let passes: Vec<&Ready> = self.releasing.iter().collect();
        if passes.is_empty() {
            return Ok(());
        }
        self.submit(&passes, &[*step])?;
        self.gpu.wait()
    }

    fn retime(&mut self, when: &dyn Fn(f64) -> f64) -> Result<(), Error> {
        self.retime_waiting(when)
    }

    fn approach(&mut self, collector: &Collector, starts: &[Start]) -> Result<Vec<End>, Error> {
        super::approach(&self.gpu, collector, starts)
    }

    fn picture(&mut self, plate: &Plate) -> Result<Vec<u32>, Error> {
        self.photograph(plate)
    }

    fn batch(&self) -> usize {
        BATCH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn submissions_stay_short() {
        let ms = Duration::from_millis;
        assert_eq!(steps_in(ms(200), ms(800), 4), 1);
        assert_eq!(steps_in(ms(200), ms(100), 4), 8);
        assert_eq!(steps_in(ms(200), ms(1), 1), 2);
        assert_eq!(steps_in(ms(200), ms(10_000), 1), 1);
    }
}
