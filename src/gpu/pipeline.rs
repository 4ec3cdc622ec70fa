//! A compiled kernel and what it is bound to.

use super::reflect::{Binding, Kind, bindings};
use super::{Gpu, buffers};
use crate::Error;
use crate::kernels::{Kernel, Page, Params};
use crate::shaders;
use std::num::NonZeroU64;

/// Bytes from one step's parameters to the next in the buffer of a batch: the largest alignment that a device may ask
/// for a dynamic offset, so that it never has to be asked.
pub const STRIDE: u64 = 256;

/// A kernel, ready to run.
pub struct Compiled {
    pipeline: wgpu::ComputePipeline,
    layout: wgpu::BindGroupLayout,
    bindings: Vec<Binding>,
    name: &'static str,
}

impl Compiled {
    /// Compiles the embedded text of a kernel.
    ///
    /// # Errors
    /// [`Error::Internal`] for a text that does not link or parse, [`Error::Device`] if the driver refuses it.
    pub fn new(gpu: &Gpu, kernel: &Kernel) -> Result<Self, Error> {
        let text = shaders::link(&kernel.source()).map_err(|e| Error::Internal(e.to_string()))?;
        Self::from_text(gpu, kernel, &text)
    }

    /// Compiles a given text as that kernel; the mutation tests pass altered ones.
    ///
    /// # Errors
    /// As [`Compiled::new`].
    pub fn from_text(gpu: &Gpu, kernel: &Kernel, text: &str) -> Result<Self, Error> {
        let bindings = bindings(kernel.name, text)?;
        let entries: Vec<wgpu::BindGroupLayoutEntry> = bindings
            .iter()
            .map(|b| wgpu::BindGroupLayoutEntry {
                binding: b.number,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: wgpu::BindingType::Buffer {
                    ty: match b.kind {
                        Kind::Uniform => wgpu::BufferBindingType::Uniform,
                        Kind::ReadOnly => wgpu::BufferBindingType::Storage { read_only: true },
                        Kind::ReadWrite => wgpu::BufferBindingType::Storage { read_only: false },
                    },
                    // one batch's steps lie in one buffer, and the offset picks the step
                    has_dynamic_offset: b.name == "params",
                    min_binding_size: None,
                },
                count: None,
            })
            .collect();
        gpu.guarded(kernel.name, || {
            let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(kernel.name),
                source: wgpu::ShaderSource::Wgsl(text.into()),
            });
            let layout = gpu
                .device
                .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                    label: Some(kernel.name),
                    entries: &entries,
                });
            let pipeline_layout = gpu
                .device
                .create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                    label: Some(kernel.name),
                    bind_group_layouts: &[Some(&layout)],
                    immediate_size: 0,
                });
            let pipeline = gpu
                .device
                .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                    label: Some(kernel.name),
                    layout: Some(&pipeline_layout),
                    module: &module,
                    // the only one
                    entry_point: None,
                    compilation_options: Default::default(),
                    cache: None,
                });
            Self {
                pipeline,
                layout,
                bindings,
                name: kernel.name,
            }
        })
    }

    /// Binds buffers by name; a name that the kernel asks for and nobody has is an error.
    ///
    /// # Errors
    /// [`Error::Internal`] for an unbound name, [`Error::Device`] if the driver refuses.
    pub fn bind<'b>(
        &self,
        gpu: &Gpu,
        find: &dyn Fn(&str) -> Option<&'b wgpu::Buffer>,
    ) -> Result<wgpu::BindGroup, Error> {
        let mut entries = Vec::new();
        for b in &self.bindings {
            let buffer = find(&b.name).ok_or_else(|| {
                Error::Internal(format!("kernel {}: nothing is bound to `{}`", self.name, b.name))
            })?;
            let resource = if b.name == "params" {
                wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer,
                    offset: 0,
                    size: NonZeroU64::new(size_of::<Params>() as u64),
                })
            } else {
                buffer.as_entire_binding()
            };
            entries.push(wgpu::BindGroupEntry {
                binding: b.number,
                resource,
            });
        }
        gpu.guarded(self.name, || {
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(self.name),
                layout: &self.layout,
                entries: &entries,
            })
        })
    }

    /// Records one dispatch of `groups` workgroups, with the parameters of step `step` of the batch.
    pub fn record(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        bound: &wgpu::BindGroup,
        step: usize,
        groups: [u32; 2],
    ) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, bound, &[(step as u64 * STRIDE) as u32]);
        pass.dispatch_workgroups(groups[0], groups[1], 1);
    }
}

/// Writes the parameters of a batch, one every [`STRIDE`] bytes.
pub fn write_params(gpu: &Gpu, buffer: &wgpu::Buffer, all: &[Params]) {
    let mut bytes = vec![0_u8; all.len() * STRIDE as usize];
    for (slot, p) in bytes.chunks_exact_mut(STRIDE as usize).zip(all) {
        slot[..size_of::<Params>()].copy_from_slice(bytemuck::bytes_of(p));
    }
    gpu.queue.write_buffer(buffer, 0, &bytes);
}

/// Workgroups of `size` threads for `items`, in rows of at most as many as a device takes in one dimension.
pub fn groups(gpu: &Gpu, items: usize, size: u32) -> [u32; 2] {
    let groups = items.div_ceil(size as usize).max(1) as u64;
    let row = groups.min(u64::from(
        gpu.device.limits().max_compute_workgroups_per_dimension,
    ));
    [row as u32, groups.div_ceil(row) as u32]
}

/// A uniform or storage buffer with room for the parameters of `steps` steps.
///
/// # Errors
/// [`Error::Device`] if it cannot be had.
pub fn params_buffer(gpu: &Gpu, steps: usize) -> Result<wgpu::Buffer, Error> {
    buffers::empty(gpu, "params", steps as u64 * STRIDE, wgpu::BufferUsages::UNIFORM)
}

/// A uniform buffer with a page.
///
/// # Errors
/// [`Error::Device`] if it cannot be had.
pub fn page_buffer(gpu: &Gpu, page: Page) -> Result<wgpu::Buffer, Error> {
    uniform(gpu, "page", bytemuck::bytes_of(&page))
}

/// A uniform buffer with these contents.
///
/// # Errors
/// [`Error::Device`] if it cannot be had.
pub fn uniform(gpu: &Gpu, name: &str, bytes: &[u8]) -> Result<wgpu::Buffer, Error> {
    let buffer = buffers::empty(gpu, name, bytes.len() as u64, wgpu::BufferUsages::UNIFORM)?;
    gpu.queue.write_buffer(&buffer, 0, bytes);
    Ok(buffer)
}
