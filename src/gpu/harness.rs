//! Runs a kernel on a fixture, for `verify` and the tests.

use super::pipeline::{self, Compiled};
use super::{Gpu, buffers};
use crate::Error;
use crate::kernels::{self, Fixture, Kernel, Measured, Over};

/// A kernel compiled for its fixtures.
pub struct Harness<'g> {
    gpu: &'g Gpu,
    kernel: &'static Kernel,
    compiled: Compiled,
}

impl<'g> Harness<'g> {
    /// Compiles a kernel as it is embedded.
    ///
    /// # Errors
    /// As [`Harness::from_text`].
    pub fn new(gpu: &'g Gpu, kernel: &'static Kernel) -> Result<Self, Error> {
        Ok(Self {
            gpu,
            kernel,
            compiled: Compiled::new(gpu, kernel)?,
        })
    }

    /// Compiles a given WGSL text as that kernel.
    ///
    /// # Errors
    /// [`Error::Internal`] or [`Error::Device`] for a text that is not valid.
    pub fn from_text(gpu: &'g Gpu, kernel: &'static Kernel, text: &str) -> Result<Self, Error> {
        Ok(Self {
            gpu,
            kernel,
            compiled: Compiled::from_text(gpu, kernel, text)?,
        })
    }

    /// Runs the kernel on a fixture and reads every output back whole.
    ///
    /// # Errors
    /// [`Error::Device`] when the device fails.
    pub fn run(&self, fixture: &Fixture) -> Result<Vec<(&'static str, Measured)>, Error> {
        let gpu = self.gpu;
        let params = pipeline::params_buffer(gpu, 1)?;
        pipeline::write_params(gpu, &params, &[fixture.params]);
        // rows as wide as the fixture asks, so that small ones can have several
        let row = fixture.page.row.max(self.kernel.workgroup);
        let groups = match self.kernel.over {
            Over::Rounds => [kernels::rounds(fixture.items, self.kernel.workgroup), 1],
            _ => [
                row / self.kernel.workgroup,
                (fixture.items as u32).div_ceil(row).max(1),
            ],
        };
        let page_buffer = pipeline::page_buffer(gpu, fixture.page)?;
        let passage = pipeline::uniform(gpu, "passage", bytemuck::bytes_of(&fixture.passage))?;
        let held = fixture
            .buffers
            .iter()
            .map(|(name, data)| Ok((*name, buffers::filled(gpu, name, data.bytes())?)))
            .collect::<Result<Vec<_>, Error>>()?;
        let bound = self.compiled.bind(gpu, &|name| match name {
            "params" => Some(&params),
            "page" => Some(&page_buffer),
            "passage" => Some(&passage),
            _ => held.iter().find(|(n, _)| *n == name).map(|(_, b)| b),
        })?;
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            self.compiled.record(&mut pass, &bound, 0, groups);
        }
        gpu.queue.submit([encoder.finish()]);
        // all outputs in one go: to wait for the device takes longer than to copy from it
        let mut parts = Vec::new();
        for output in self.kernel.outputs {
            let Some((_, buffer)) = held.iter().find(|(n, _)| *n == output.buffer) else {
                return Err(Error::Internal(format!(
                    "fixture `{}` of {} has no buffer `{}`",
                    fixture.label, self.kernel.name, output.buffer
                )));
            };
            parts.push((buffer, 0, 4 * fixture.words(output.buffer).len() as u64));
        }
        let words = buffers::gather(gpu, &parts)?;
        let mut rest = &words[..];
        let mut out = Vec::new();
        for output in self.kernel.outputs {
            let (own, after) = rest.split_at(fixture.words(output.buffer).len());
            rest = after;
            out.push((output.buffer, Measured(own.to_vec())));
        }
        Ok(out)
    }
}
