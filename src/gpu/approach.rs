//! Trajectories past a collector, on the device: nothing of a run is needed.

use super::pipeline::{self, Compiled};
use super::{Gpu, buffers};
use crate::Error;
use crate::kernels::approach::{End, KERNEL, Start, check};
use crate::kernels::{Page, Params};
use crate::magnets::Collector;
use crate::memory;

/// Cells in one submission: at some hundred steps each they take a small part of a second also where the device is a program
/// on the CPU.
const TOGETHER: usize = 1 << 15;

/// Flies every cell past the collector.
///
/// # Errors
/// [`Error::Input`] for a start out of reach or that is not finite, [`Error::Device`] if the device fails.
pub fn approach(gpu: &Gpu, collector: &Collector, starts: &[Start]) -> Result<Vec<End>, Error> {
    check(collector, starts)?;
    let compiled = Compiled::new(gpu, &KERNEL)?;
    let params = pipeline::params_buffer(gpu, 1)?;
    pipeline::write_params(gpu, &params, &[Params::default()]);
    let words = buffers::filled(gpu, "collector", bytemuck::cast_slice(&collector.words()))?;
    let page = buffers::empty(gpu, "page", size_of::<Page>() as u64, wgpu::BufferUsages::UNIFORM)?;
    let storage = wgpu::BufferUsages::STORAGE;
    let most = TOGETHER.min(starts.len()) as u64;
    let given = buffers::empty(gpu, "starts", 16 * most, storage)?;
    let ends = buffers::empty(gpu, "ends", 16 * most, storage)?;
    let spent = buffers::empty(gpu, "spent", 4 * most, storage)?;
    let bound = compiled.bind(gpu, &|name| match name {
        "params" => Some(&params),
        "page" => Some(&page),
        "collector" => Some(&words),
        "starts" => Some(&given),
        "ends" => Some(&ends),
        "spent" => Some(&spent),
        _ => None,
    })?;
    let mut out = memory::room(starts.len())?;
    for part in starts.chunks(TOGETHER) {
        let groups = pipeline::groups(gpu, part.len(), KERNEL.workgroup);
        let this = Page {
            first: 0,
            count: part.len() as u32,
            row: groups[0] * KERNEL.workgroup,
            spare: 0,
        };
        gpu.queue.write_buffer(&page, 0, bytemuck::bytes_of(&this));
        gpu.queue.write_buffer(&given, 0, bytemuck::cast_slice(part));
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            compiled.record(&mut pass, &bound, 0, groups);
        }
        gpu.queue.submit([encoder.finish()]);
        let n = part.len() as u64;
        let rows = buffers::read(gpu, &ends, 16 * n)?;
        let times = buffers::read(gpu, &spent, 4 * n)?;
        out.extend(
            rows.chunks_exact(4)
                .zip(times)
                .map(|(r, t)| End::from_row([r[0], r[1], r[2], r[3]].map(f32::from_bits), f32::from_bits(t))),
        );
    }
    Ok(out)
}
