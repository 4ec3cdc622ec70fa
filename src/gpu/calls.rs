//! Passes outside of a step, with the tables that come along. Large tables stay on the device for the next call of the same kind, which
//! is quicker than to have them made and filled.

use super::Gpu;
use super::backend::{GpuBackend, Table, make, table};
use super::pages::Paged;
use crate::engine::{Call, Contents, Form};
use crate::{Error, memory};
use std::sync::Arc;

/// Calls whose large tables are kept: two, for two pictures beside each other.
const KEPT: usize = 2;

/// Tables that stay on the device: those that are shared by calls, and those that a call leaves to be read.
pub struct Kept {
    of: Vec<(&'static str, Contents<'static>)>,
    pub tables: Vec<Table>,
}

impl Kept {
    fn new(gpu: &Gpu, call: &Call<'_>) -> Result<Self, Error> {
        let mut kept = Self {
            of: Vec::new(),
            tables: Vec::new(),
        };
        for (name, contents) in &call.tables {
            let own = match contents {
                Contents::Empty(form, rows) => Contents::Empty(*form, *rows),
                Contents::Shared(all) => Contents::Shared(Arc::clone(all)),
                Contents::Given(_) | Contents::Reals(_) => continue,
            };
            kept.tables.push(make(gpu, name, &own)?);
            kept.of.push((name, own));
        }
        Ok(kept)
    }

    /// Whether they are those of a call.
    fn fits(&self, call: &Call<'_>) -> bool {
        let wanted = call.tables.iter().filter(|(_, contents)| stays(contents));
        let same = |(old, new): (&(&str, Contents<'_>), &(&str, Contents<'_>))| {
            let contents = match (&old.1, &new.1) {
                (Contents::Shared(old), Contents::Shared(new)) => Arc::ptr_eq(old, new),
                (Contents::Empty(..), Contents::Empty(..)) => old.1.size() == new.1.size(),
                _ => false,
            };
            old.0 == new.0 && contents
        };
        wanted.clone().count() == self.of.len() && self.of.iter().zip(wanted).all(same)
    }
}

fn stays(contents: &Contents<'_>) -> bool {
    matches!(contents, Contents::Empty(..) | Contents::Shared(_))
}

/// What the kernels of a call find beside the buffers of the program; of a step, nothing.
#[derive(Default)]
pub struct Scope<'s> {
    call: Option<&'s Call<'s>>,
    kept: &'s [Table],
    given: &'s [Table],
    /// Columns of the call, by page.
    columns: &'s [Vec<Table>],
}

impl Scope<'_> {
    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        table(self.kept, name).or_else(|| table(self.given, name))
    }

    /// The buffer that a kernel means by `name` on a page, where it is run over pages: that of the call, of the page, or of the program.
    pub fn find<'b>(
        &'b self,
        page: Option<(usize, &'b Paged)>,
        name: &str,
        shared: &'b [Table],
    ) -> Option<&'b wgpu::Buffer> {
        let name = self.call.map_or(name, |call| call.meant(name));
        let column = page.and_then(|(i, _)| table(self.columns.get(i)?, name));
        let brought = column.or_else(|| self.table(name)).map(|t| &t.buffer);
        brought
            .or_else(|| page.and_then(|(_, page)| page.find(name)))
            .or_else(|| table(shared, name).map(|t| &t.buffer))
    }
}

/// Refuses tables that no binding holds, before any is made.
fn check(gpu: &Gpu, call: &Call<'_>) -> Result<(), Error> {
    let limits = gpu.device.limits();
    let most = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    let needed = call.tables.iter().map(|(_, contents)| contents.bytes()).max();
    match needed.filter(|needed| *needed > most) {
        None => Ok(()),
        Some(needed) => Err(Error::Device(format!(
            "{} takes {} in one piece, and {} holds at most {}; take a smaller one, or the CPU back-end",
            call.what,
            memory::show(needed),
            gpu.adapter.name,
            memory::show(most)
        ))),
    }
}

impl GpuBackend {
    /// Runs the passes of a call.
    pub(super) fn passes(&mut self, call: &Call<'_>) -> Result<(), Error> {
        check(&self.gpu, call)?;
        if !call.tables.iter().any(|(_, contents)| stays(contents)) {
            return self.bind_and_submit(call, &[]);
        }
        let kept = match self.kept.iter().position(|k| k.fits(call)) {
            Some(at) => self.kept.remove(at),
            None => {
                if self.kept.len() == KEPT {
                    self.kept.remove(0);
                }
                Kept::new(&self.gpu, call)?
            }
        };
        let done = self.bind_and_submit(call, &kept.tables);
        self.kept.push(kept);
        done
    }

    fn bind_and_submit(&mut self, call: &Call<'_>, kept: &[Table]) -> Result<(), Error> {
        let given = call.tables.iter().filter(|(_, contents)| !stays(contents));
        let given: Vec<Table> = given
            .map(|(name, contents)| make(&self.gpu, name, contents))
            .collect::<Result<_, _>>()?;
        let column =
            |rows: usize, name: &'static str| make(&self.gpu, name, &Contents::Empty(Form::F32, rows));
        let columns: Vec<Vec<Table>> = self
            .pages
            .iter()
            .map(|page| call.columns.iter().map(|name| column(page.count, name)).collect())
            .collect::<Result<_, Error>>()?;
        let scope = Scope {
            call: Some(call),
            kept,
            given: &given,
            columns: &columns,
        };
        let ready = call.passes.iter().map(|pass| self.prepare(pass, &scope));
        let ready: Vec<_> = ready.collect::<Result<_, Error>>()?;
        self.submit(&ready, &[call.step])
    }
}
