//! A back-end with hooks, for tests of what the engine makes of what a back-end says.

use buffycoat::Error;
use buffycoat::engine::{Backend, BatchStats, Call, Device, Entries, Layout, Tally};
use buffycoat::kernels::Step;
use buffycoat::kernels::fields::Field;
use std::ops::Range;

type RunHook<'a, B> = Box<dyn FnMut(&mut B, &[Step]) -> Result<BatchStats, Error> + 'a>;
type ReadHook<'a, B> = Box<dyn FnMut(&mut B, &str) -> Result<Entries<'static>, Error> + 'a>;

/// `inner`, with steps and some reads going through closures that get it; what has none is passed on.
pub struct Hooked<'a, B> {
    inner: B,
    run: RunHook<'a, B>,
    /// Buffers whose reads go through a closure, which gives all rows.
    reads: Vec<(&'static [&'static str], ReadHook<'a, B>)>,
}

impl<'a, B: Backend + 'a> Hooked<'a, B> {
    /// All is passed on.
    pub fn new(inner: B) -> Self {
        Self {
            inner,
            run: Box::new(|b, steps| b.run(steps)),
            reads: Vec::new(),
        }
    }

    /// Instead of [`Backend::run`].
    pub fn on_run(mut self, hook: impl FnMut(&mut B, &[Step]) -> Result<BatchStats, Error> + 'a) -> Self {
        self.run = Box::new(hook);
        self
    }

    /// Instead of [`buffycoat::engine::Readings::tally`].
    pub fn on_tally(mut self, mut hook: impl FnMut(&mut B) -> Result<Vec<Vec<Tally>>, Error> + 'a) -> Self {
        let words = move |b: &mut B, _: &str| {
            let words: Vec<u32> = hook(b)?.iter().flatten().flat_map(Tally::words).collect();
            Ok(words.into())
        };
        self.reads.push((&["tally"], Box::new(words)));
        self
    }

    /// Instead of [`buffycoat::engine::Readings::positions`]; called once for every axis.
    pub fn on_positions(mut self, mut hook: impl FnMut(&mut B) -> Result<[Vec<u64>; 3], Error> + 'a) -> Self {
        let axis = move |b: &mut B, name: &str| {
            let [x, y, z] = hook(b)?;
            Ok(match name {
                "position_x" => x.into(),
                "position_y" => y.into(),
                _ => z.into(),
            })
        };
        self.reads
            .push((&["position_x", "position_y", "position_z"], Box::new(axis)));
        self
    }

    /// Instead of [`buffycoat::engine::Readings::fields`].
    pub fn on_fields(mut self, mut hook: impl FnMut(&mut B) -> Result<Vec<Field>, Error> + 'a) -> Self {
        let rows = move |b: &mut B, _: &str| {
            let rows: Vec<[f64; 4]> = hook(b)?.iter().map(Field::wide).collect();
            Ok(rows.into())
        };
        self.reads.push((&["fields"], Box::new(rows)));
        self
    }
}

impl<B: Backend> Backend for Hooked<'_, B> {
    fn device(&self) -> &Device {
        self.inner.device()
    }

    fn layout(&self) -> &Layout {
        self.inner.layout()
    }

    fn run(&mut self, steps: &[Step]) -> Result<BatchStats, Error> {
        (self.run)(&mut self.inner, steps)
    }

    fn call(&mut self, call: &Call<'_>) -> Result<(), Error> {
        self.inner.call(call)
    }

    fn read(&mut self, buffer: &str, rows: Range<usize>) -> Result<Entries<'static>, Error> {
        match self.reads.iter_mut().find(|(names, _)| names.contains(&buffer)) {
            Some((_, hook)) => hook(&mut self.inner, buffer)?.rows(buffer, rows),
            None => self.inner.read(buffer, rows),
        }
    }

    fn write(&mut self, column: &str, first: usize, entries: &Entries<'_>) -> Result<(), Error> {
        self.inner.write(column, first, entries)
    }
}
