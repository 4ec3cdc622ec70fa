//! The population on the device, in pages of at most what one binding holds.

use super::{Gpu, buffers, pipeline};
use crate::kernels::{Page, profile};
use crate::model::Parcels;
use crate::{Error, memory};

/// The buffers of a part of the population that fits one binding each.
pub struct Paged {
    pub first: usize,
    pub count: usize,
    buffers: Vec<(&'static str, wgpu::Buffer)>,
}

impl Paged {
    /// The buffer of that name.
    pub fn find(&self, name: &str) -> Option<&wgpu::Buffer> {
        self.buffers.iter().find(|(n, _)| *n == name).map(|(_, b)| b)
    }
}

/// Copies the population onto the device, `per_page` parcels a page.
pub fn load_all(gpu: &Gpu, parcels: &Parcels, per_page: usize) -> Result<Vec<Paged>, Error> {
    let n = parcels.len();
    let mut pages = Vec::new();
    for first in (0..n).step_by(per_page) {
        match load(gpu, parcels, first, (n - first).min(per_page)) {
            Ok(page) => pages.push(page),
            Err(Error::Device(said)) => {
                // a device that was lost says nothing of how much it holds
                gpu.healthy()?;
                return Err(Error::Device(format!(
                    "{said}; {n} parcels take {} of the device's memory, and {first} were on it before it refused; take \
                     fewer",
                    memory::show(n as u64 * memory::DEVICE_BYTES_PER_PARCEL)
                )));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(pages)
}

/// Copies a part of the population onto the device.
fn load(gpu: &Gpu, parcels: &Parcels, first: usize, count: usize) -> Result<Paged, Error> {
    let range = first..first + count;
    // threads in a row of a dispatch; every kernel over parcels has the same workgroup
    let row = pipeline::groups(gpu, count, profile::KERNEL.workgroup)[0] * profile::KERNEL.workgroup;
    let page = Page {
        first: first as u32,
        count: count as u32,
        row,
        spare: 0,
    };
    let page_buffer = buffers::empty(gpu, "page", 16, wgpu::BufferUsages::UNIFORM)?;
    gpu.queue.write_buffer(&page_buffer, 0, bytemuck::bytes_of(&page));
    let [x, y, z] = &parcels.position;
    let put = |name: &'static str, bytes: &[u8]| {
        let buffer = buffers::filled(gpu, name, bytes)?;
        // uploads are staged in memory: hand them over page by page
        gpu.queue.submit([]);
        Ok::<_, Error>((name, buffer))
    };
    let held = vec![
        ("page", page_buffer),
        put("position_x", bytemuck::cast_slice(&x[range.clone()]))?,
        put("position_y", bytemuck::cast_slice(&y[range.clone()]))?,
        put("position_z", bytemuck::cast_slice(&z[range.clone()]))?,
        put("moments", bytemuck::cast_slice(&parcels.moments[range.clone()]))?,
        put("mobility", bytemuck::cast_slice(&parcels.mobility[range.clone()]))?,
        put("excess", bytemuck::cast_slice(&parcels.excess[range.clone()]))?,
        put("kind", bytemuck::cast_slice(&parcels.kind[range]))?,
    ];
    gpu.wait()?;
    Ok(Paged {
        first,
        count,
        buffers: held,
    })
}
