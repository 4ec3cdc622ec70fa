//! A kernel with buffers of its own, for what is not part of a run.

use super::pipeline::{self, Compiled};
use super::{Gpu, buffers};
use crate::Error;
use crate::kernels::{Kernel, Page, Params};

/// What a buffer holds when it is made.
pub enum Holds<'a> {
    /// These bytes.
    These(&'a [u8]),
    /// So many bytes, all zero.
    Zeros(usize),
}

/// A kernel over any number of items, with its buffers.
pub struct Alone<'g> {
    gpu: &'g Gpu,
    kernel: &'static Kernel,
    compiled: Compiled,
    buffers: Vec<(&'static str, wgpu::Buffer)>,
    bound: wgpu::BindGroup,
}

impl<'g> Alone<'g> {
    /// Compiles a kernel and makes its storage buffers, which are all that it binds beside `params` and `page`.
    ///
    /// # Errors
    /// [`Error::Device`] if the device has no room for them or refuses the kernel; [`Error::Internal`] if one is missing.
    pub fn new(
        gpu: &'g Gpu,
        kernel: &'static Kernel,
        storage: &[(&'static str, Holds<'_>)],
    ) -> Result<Self, Error> {
        let compiled = Compiled::new(gpu, kernel)?;
        let params = pipeline::params_buffer(gpu, 1)?;
        pipeline::write_params(gpu, &params, &[Params::default()]);
        let mut all = vec![
            ("params", params),
            ("page", pipeline::page_buffer(gpu, Page::default())?),
        ];
        for (name, holds) in storage {
            let buffer = match holds {
                Holds::These(bytes) => buffers::filled(gpu, name, bytes)?,
                Holds::Zeros(bytes) => buffers::empty(gpu, name, *bytes as u64, wgpu::BufferUsages::STORAGE)?,
            };
            all.push((*name, buffer));
        }
        let bound = compiled.bind(gpu, &|name| all.iter().find(|(n, _)| *n == name).map(|(_, b)| b))?;
        Ok(Self {
            gpu,
            kernel,
            compiled,
            buffers: all,
            bound,
        })
    }

    fn buffer(&self, name: &str) -> Result<&wgpu::Buffer, Error> {
        let found = self.buffers.iter().find(|(n, _)| *n == name);
        let missing = || Error::Internal(format!("the kernel {} has no buffer `{name}`", self.kernel.name));
        found.map(|(_, b)| b).ok_or_else(missing)
    }

    /// Puts bytes at the beginning of a buffer.
    ///
    /// # Errors
    /// [`Error::Internal`] if there is none of that name.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.gpu.queue.write_buffer(self.buffer(name)?, 0, bytes);
        Ok(())
    }

    /// Starts the kernel over `count` items; `first` and `spare` are those of the [`Page`].
    ///
    /// # Errors
    /// As [`Alone::write`].
    pub fn run(&self, first: usize, count: usize, spare: usize) -> Result<(), Error> {
        let groups = pipeline::groups(self.gpu, count, self.kernel.workgroup);
        let page = Page {
            first: first as u32,
            count: count as u32,
            row: groups[0] * self.kernel.workgroup,
            spare: spare as u32,
        };
        self.write("page", bytemuck::bytes_of(&page))?;
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            self.compiled.record(&mut pass, &self.bound, 0, groups);
        }
        self.gpu.queue.submit([encoder.finish()]);
        Ok(())
    }

    /// The first words of a buffer, when the kernel is done.
    ///
    /// # Errors
    /// As [`Alone::write`]; [`Error::Device`] if the device fails.
    pub fn read(&self, name: &str, words: usize) -> Result<Vec<u32>, Error> {
        buffers::read(self.gpu, self.buffer(name)?, 4 * words as u64)
    }
}
