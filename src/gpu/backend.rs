//! The program on a GPU: everything stays on the device, many steps go in one submission, and nothing comes back but
//! twenty bytes of statistics a submission and what an observable asks for.

use super::calls::{Kept, Scope};
use super::pages::{self, Paged};
use super::pipeline::{self, Compiled};
use super::{Gpu, Selector, buffers};
use crate::engine::{
    Backend, BatchStats, Call, Contents, Device, Entries, Form, Layout, Pass, Program, check_rows, no_buffer,
    other_type, told,
};
use crate::kernels::passage::SURFACES;
use crate::kernels::{self, Kernel, Over, Page, Params, Statistics, Step};
use crate::{Error, memory};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most steps in one submission.
pub const BATCH: usize = 8;

/// How long a submission aims to take at most: drivers of screens reset a device that does not answer for two seconds.
const SUBMISSION: Duration = Duration::from_millis(200);

/// Steps that fit into `goal` when `steps` took `time`; never more than twice as many, lest one quick submission asks for
/// too much.
fn steps_in(goal: Duration, time: Duration, steps: usize) -> usize {
    let fit = goal.as_secs_f64() / time.as_secs_f64().max(1e-9) * steps as f64;
    (fit as usize).min(2 * steps).clamp(1, BATCH)
}

/// One pass, compiled and bound: once for every page, or once for all rows of a table.
pub enum Ready {
    Clear(wgpu::Buffer),
    Run {
        compiled: Arc<Compiled>,
        bound: Vec<(wgpu::BindGroup, [u32; 2])>,
    },
}

/// A buffer that is there once, with the type and number of its entries.
pub struct Table {
    pub name: &'static str,
    pub form: Form,
    pub rows: usize,
    pub buffer: wgpu::Buffer,
}

/// The table of that name.
pub fn table<'t>(tables: &'t [Table], name: &str) -> Option<&'t Table> {
    tables.iter().find(|t| t.name == name)
}

/// The GPU back-end.
pub struct GpuBackend {
    pub(super) gpu: Gpu,
    device: Device,
    layout: Layout,
    /// Columns, by name, with the type of their entries.
    columns: Vec<(&'static str, Form)>,
    pub(super) pages: Vec<Paged>,
    pub(super) shared: Vec<Table>,
    program: Vec<Ready>,
    /// Kernels, by name.
    compiled: Vec<(&'static str, Arc<Compiled>)>,
    /// Tables of the last calls.
    pub(super) kept: Vec<Kept>,
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
        let per_page = pages::per_page(&gpu, &program.columns, page);
        let pages = pages::load_all(&gpu, &program.columns, program.layout.parcels, per_page)?;
        let mut backend = Self {
            device: gpu.describe(),
            layout: program.layout.clone(),
            columns: program
                .columns
                .iter()
                .map(|(name, c)| (*name, c.form()))
                .collect(),
            pages,
            shared,
            program: Vec::new(),
            compiled: Vec::new(),
            kept: Vec::new(),
            per_submission: 1,
            gpu,
        };
        let own = Scope::default();
        for pass in program.layout.step {
            let ready = backend.prepare(pass, &own)?;
            backend.program.push(ready);
        }
        // so that a run does not stop for them
        for pass in program.layout.calls.iter().flat_map(|(_, passes)| *passes) {
            if let Pass::Run(kernel) = pass {
                backend.compiled(kernel)?;
            }
        }
        Ok(backend)
    }

    fn needed(&self, name: &str) -> Result<&wgpu::Buffer, Error> {
        table(&self.shared, name)
            .map(|t| &t.buffer)
            .ok_or_else(|| Error::Internal(format!("the GPU back-end has no buffer `{name}`")))
    }

    /// A kernel, compiled when it is first asked for.
    fn compiled(&mut self, kernel: &Kernel) -> Result<Arc<Compiled>, Error> {
        if let Some((_, compiled)) = self.compiled.iter().find(|(name, _)| *name == kernel.name) {
            return Ok(Arc::clone(compiled));
        }
        let compiled = Arc::new(Compiled::new(&self.gpu, kernel)?);
        self.compiled.push((kernel.name, Arc::clone(&compiled)));
        Ok(compiled)
    }

    /// Compiles a pass and binds it to what is in scope, and behind that to the buffers of the program.
    pub(super) fn prepare(&mut self, pass: &Pass, scope: &Scope<'_>) -> Result<Ready, Error> {
        let kernel = match pass {
            Pass::Clear(name) => {
                let brought = scope.table(name).map(|t| &t.buffer);
                return Ok(Ready::Clear(
                    brought.map_or_else(|| self.needed(name), Ok)?.clone(),
                ));
            }
            Pass::Run(kernel) => *kernel,
        };
        let compiled = self.compiled(kernel)?;
        let gpu = &self.gpu;
        let once = |items: usize| {
            let groups = pipeline::groups(gpu, items, kernel.workgroup);
            let page = pipeline::page_buffer(
                gpu,
                Page {
                    first: 0,
                    count: items as u32,
                    row: groups[0] * kernel.workgroup,
                    spare: 0,
                },
            )?;
            let bound = compiled.bind(gpu, &|name| match name {
                "page" => Some(&page),
                _ => scope.find(None, name, &self.shared),
            })?;
            Ok::<_, Error>(vec![(bound, groups)])
        };
        let bound = match kernel.over {
            Over::Cells => once(self.layout.environment.cell_count())?,
            Over::Patches => once(SURFACES as usize * self.layout.environment.cells[2] as usize)?,
            Over::Rows(name) => {
                let rows = scope.table(name).map(|t| t.rows);
                once(rows.ok_or_else(|| {
                    Error::Internal(format!(
                        "{} is run over `{name}`, which there is not",
                        kernel.name
                    ))
                })?)?
            }
            Over::Parcels | Over::Rounds => self
                .pages
                .iter()
                .enumerate()
                .map(|(i, page)| {
                    let groups = match kernel.over {
                        Over::Rounds => [kernels::rounds(page.count, kernel.workgroup), 1],
                        _ => pipeline::groups(gpu, page.count, kernel.workgroup),
                    };
                    let find = |name: &str| scope.find(Some((i, page)), name, &self.shared);
                    Ok((compiled.bind(gpu, &find)?, groups))
                })
                .collect::<Result<Vec<_>, Error>>()?,
        };
        Ok(Ready::Run { compiled, bound })
    }

    pub(super) fn submit(&self, passes: &[Ready], steps: &[Step]) -> Result<(), Error> {
        let environment = &self.layout.environment;
        let params: Vec<Params> = steps.iter().map(|s| Params::new(environment, s)).collect();
        pipeline::write_params(&self.gpu, self.needed("params")?, &params);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        for step in 0..steps.len() {
            for ready in passes {
                match ready {
                    Ready::Clear(buffer) => encoder.clear_buffer(buffer, 0, None),
                    Ready::Run { compiled, bound } => {
                        let mut pass = encoder.begin_compute_pass(&Default::default());
                        for (group, groups) in bound {
                            compiled.record(&mut pass, group, step, *groups);
                        }
                    }
                }
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
        self.submit(&self.program, steps)?;
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
fn tables(gpu: &Gpu, program: &Program<'_>) -> Result<Vec<Table>, Error> {
    let sizes: Vec<_> = program
        .tables
        .iter()
        .map(|(name, c)| (told(name), c.bytes()))
        .collect();
    buffers::check(gpu, &sizes)?;
    // these are no entries to be read
    let hidden = |name, buffer| Table {
        name,
        form: Form::U32,
        rows: 0,
        buffer,
    };
    let mut all = vec![hidden("params", pipeline::params_buffer(gpu, BATCH)?)];
    if let Some(passage) = &program.layout.passage {
        let buffer = pipeline::uniform(gpu, "passage", bytemuck::bytes_of(passage))?;
        all.push(hidden("passage", buffer));
    }
    for (name, contents) in &program.tables {
        all.push(make(gpu, name, contents)?);
    }
    Ok(all)
}

/// A table with these contents.
pub fn make(gpu: &Gpu, name: &'static str, contents: &Contents<'_>) -> Result<Table, Error> {
    let (form, rows) = contents.size();
    let buffer = match contents {
        Contents::Empty(..) => buffers::empty(gpu, name, contents.bytes(), wgpu::BufferUsages::STORAGE)?,
        Contents::Given(entries) => buffers::filled(gpu, name, entries.bytes())?,
        Contents::Shared(all) => buffers::filled(gpu, name, bytemuck::cast_slice(all.as_slice()))?,
        Contents::Reals(all) => {
            let all: Vec<f32> = all.iter().map(|x| *x as f32).collect();
            buffers::filled(gpu, name, bytemuck::cast_slice(&all))?
        }
    };
    Ok(Table {
        name,
        form,
        rows,
        buffer,
    })
}

impl Backend for GpuBackend {
    fn device(&self) -> &Device {
        &self.device
    }

    fn layout(&self) -> &Layout {
        &self.layout
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

    fn call(&mut self, call: &Call<'_>) -> Result<(), Error> {
        self.passes(call)
    }

    fn read(&mut self, buffer: &str, rows: Range<usize>) -> Result<Entries<'static>, Error> {
        let left = self.kept.last().and_then(|k| table(&k.tables, buffer));
        if let Some(t) = left.or_else(|| table(&self.shared, buffer)) {
            check_rows(buffer, &rows, t.rows)?;
            let mut out = Entries::room(t.form, rows.len())?;
            self.append(&mut out, &t.buffer, rows)?;
            return Ok(out);
        }
        let found = self.columns.iter().find(|(name, _)| *name == buffer);
        let (_, form) = found.ok_or_else(|| no_buffer(buffer))?;
        check_rows(buffer, &rows, self.layout.parcels)?;
        let mut out = Entries::room(*form, rows.len())?;
        for page in &self.pages {
            self.append(&mut out, page.needed(buffer)?, page.own(&rows))?;
        }
        Ok(out)
    }

    fn write(&mut self, column: &str, first: usize, entries: &Entries<'_>) -> Result<(), Error> {
        let found = self.columns.iter().find(|(name, _)| *name == column);
        let (_, form) = found.ok_or_else(|| no_buffer(column))?;
        if *form != entries.form() {
            return Err(other_type(column));
        }
        let rows = first..first.saturating_add(entries.len());
        check_rows(column, &rows, self.layout.parcels)?;
        self.layout.admits(column, entries)?;
        let (each, bytes) = (form.each(), entries.bytes());
        for page in &self.pages {
            let own = page.own(&rows);
            if own.is_empty() {
                continue;
            }
            let from = (page.first + own.start - first) * each;
            let part = &bytes[from..from + own.len() * each];
            let to = page.needed(column)?;
            self.gpu.queue.write_buffer(to, (own.start * each) as u64, part);
            // uploads are staged in memory: hand them over page by page
            self.gpu.queue.submit([]);
        }
        Ok(())
    }
}

impl GpuBackend {
    /// Adds these rows of a buffer to entries of its type.
    fn append(
        &self,
        out: &mut Entries<'static>,
        buffer: &wgpu::Buffer,
        rows: Range<usize>,
    ) -> Result<(), Error> {
        let each = out.each() as u64;
        let part = (buffer, each * rows.start as u64, each * rows.len() as u64);
        out.append(bytemuck::cast_slice(&buffers::gather(&self.gpu, &[part])?));
        Ok(())
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
