//! A back-end with a hook in every method, for tests of what the engine makes of what a back-end says.

use buffycoat::Error;
use buffycoat::engine::{Backend, BatchStats, Census, Device, Fates, Parcel, Tally};
use buffycoat::kernels::approach::{End, Start};
use buffycoat::kernels::fields::Field;
use buffycoat::kernels::{Plate, Step};
use buffycoat::magnets::Collector;

type Hook<'a, B, T> = Box<dyn FnMut(&mut B) -> Result<T, Error> + 'a>;
type RunHook<'a, B> = Box<dyn FnMut(&mut B, &[Step]) -> Result<BatchStats, Error> + 'a>;

/// `inner`, with every call going through a closure that gets it; without one being set it is passed on.
pub struct Hooked<'a, B> {
    inner: B,
    run: RunHook<'a, B>,
    tally: Hook<'a, B, Vec<Vec<Tally>>>,
    fields: Hook<'a, B, Vec<Field>>,
    positions: Hook<'a, B, [Vec<u64>; 3]>,
}

impl<'a, B: Backend + 'a> Hooked<'a, B> {
    /// All is passed on.
    pub fn new(inner: B) -> Self {
        Self {
            inner,
            run: Box::new(|b, steps| b.run(steps)),
            tally: Box::new(B::tally),
            fields: Box::new(B::fields),
            positions: Box::new(B::positions),
        }
    }

    /// Instead of [`Backend::run`].
    pub fn on_run(mut self, hook: impl FnMut(&mut B, &[Step]) -> Result<BatchStats, Error> + 'a) -> Self {
        self.run = Box::new(hook);
        self
    }

    /// Instead of [`Backend::tally`].
    pub fn on_tally(mut self, hook: impl FnMut(&mut B) -> Result<Vec<Vec<Tally>>, Error> + 'a) -> Self {
        self.tally = Box::new(hook);
        self
    }

    /// Instead of [`Backend::positions`].
    pub fn on_positions(mut self, hook: impl FnMut(&mut B) -> Result<[Vec<u64>; 3], Error> + 'a) -> Self {
        self.positions = Box::new(hook);
        self
    }

    /// Instead of [`Backend::fields`].
    pub fn on_fields(mut self, hook: impl FnMut(&mut B) -> Result<Vec<Field>, Error> + 'a) -> Self {
        self.fields = Box::new(hook);
        self
    }
}

impl<B: Backend> Backend for Hooked<'_, B> {
    fn device(&self) -> &Device {
        self.inner.device()
    }

    fn run(&mut self, steps: &[Step]) -> Result<BatchStats, Error> {
        (self.run)(&mut self.inner, steps)
    }

    fn tally(&mut self) -> Result<Vec<Vec<Tally>>, Error> {
        (self.tally)(&mut self.inner)
    }

    fn fields(&mut self) -> Result<Vec<Field>, Error> {
        (self.fields)(&mut self.inner)
    }

    fn positions(&mut self) -> Result<[Vec<u64>; 3], Error> {
        (self.positions)(&mut self.inner)
    }

    fn parcel(&mut self, index: usize) -> Result<Parcel, Error> {
        self.inner.parcel(index)
    }

    fn census(&mut self) -> Result<Vec<Census>, Error> {
        self.inner.census()
    }

    fn fates(&mut self) -> Result<Fates, Error> {
        self.inner.fates()
    }

    fn release(&mut self, step: &Step) -> Result<(), Error> {
        self.inner.release(step)
    }

    fn retime(&mut self, when: &dyn Fn(f64) -> f64) -> Result<(), Error> {
        self.inner.retime(when)
    }

    fn approach(&mut self, collector: &Collector, starts: &[Start]) -> Result<Vec<End>, Error> {
        self.inner.approach(collector, starts)
    }

    fn picture(&mut self, plate: &Plate) -> Result<Vec<u32>, Error> {
        self.inner.picture(plate)
    }

    fn batch(&self) -> usize {
        self.inner.batch()
    }
}
