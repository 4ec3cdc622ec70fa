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

/// A property of the parcels, as bytes.
pub struct Column<'a> {
    pub name: &'static str,
    pub bytes: &'a [u8],
    /// Bytes of one parcel.
    pub each: usize,
}

impl<'a> Column<'a> {
    /// One entry a parcel.
    pub fn new<T: bytemuck::Pod>(name: &'static str, entries: &'a [T]) -> Self {
        Self {
            name,
            bytes: bytemuck::cast_slice(entries),
            each: size_of::<T>(),
        }
    }
}

/// The columns of the parcels of a closed vessel.
pub fn columns(parcels: &Parcels) -> Vec<Column<'_>> {
    let [x, y, z] = &parcels.position;
    vec![
        Column::new("position_x", x),
        Column::new("position_y", y),
        Column::new("position_z", z),
        Column::new("moments", &parcels.moments),
        Column::new("mobility", &parcels.mobility),
        Column::new("excess", &parcels.excess),
        Column::new("kind", &parcels.kind),
    ]
}

/// Most parcels on a page: as many as one binding holds of the widest column, and no more than `page`.
pub fn per_page(gpu: &Gpu, columns: &[Column<'_>], page: u64) -> usize {
    let limit = gpu.device.limits();
    let widest = columns.iter().map(|c| c.each as u64).max().unwrap_or(1);
    let most = limit.max_storage_buffer_binding_size.min(limit.max_buffer_size) / widest;
    most.min(page).max(1) as usize
}

/// Copies `n` parcels onto the device, `per_page` a page.
pub fn load_all(gpu: &Gpu, columns: &[Column<'_>], n: usize, per_page: usize) -> Result<Vec<Paged>, Error> {
    let mut pages = Vec::new();
    for first in (0..n).step_by(per_page) {
        match load(gpu, columns, first, (n - first).min(per_page)) {
            Ok(page) => pages.push(page),
            Err(Error::Device(said)) => {
                // what was loaded makes room for the question how much would fit
                drop(pages);
                let _ = gpu.wait();
                let each: Vec<u64> = columns.iter().map(|c| c.each as u64).collect();
                let fits = largest(n as u64, |m| holds(gpu, &each, m, per_page as u64));
                return Err(Error::Device(format!(
                    "{said}; {n} parcels take {} of the device's memory; at most about {fits} parcels fit with what \
                     else is on it",
                    memory::show(n as u64 * each.iter().sum::<u64>())
                )));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(pages)
}

/// The largest number up to `most` that `fits`, to a sixteenth of it; 0 if none does.
fn largest(most: u64, fits: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, most);
    while high - low > (high / 16).max(1) {
        let middle = low + (high - low) / 2;
        if fits(middle) { low = middle } else { high = middle }
    }
    low
}

/// True if the device has room for `n` parcels of so many bytes in each column; the buffers are given back at once.
fn holds(gpu: &Gpu, each: &[u64], n: u64, per_page: u64) -> bool {
    let mut held = Vec::new();
    let mut fits = true;
    for first in (0..n).step_by(per_page as usize) {
        let count = per_page.min(n - first);
        for bytes in each {
            match buffers::empty(gpu, "trial", bytes * count, wgpu::BufferUsages::STORAGE) {
                Ok(buffer) => held.push(buffer),
                Err(_) => fits = false,
            }
        }
    }
    for buffer in &held {
        buffer.destroy();
    }
    drop(held);
    let _ = gpu.wait();
    fits
}

/// Copies a part of the population onto the device.
fn load(gpu: &Gpu, columns: &[Column<'_>], first: usize, count: usize) -> Result<Paged, Error> {
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
    let mut held = vec![("page", page_buffer)];
    for column in columns {
        let bytes = &column.bytes[first * column.each..(first + count) * column.each];
        held.push((column.name, buffers::filled(gpu, column.name, bytes)?));
        // uploads are staged in memory: hand them over column by column
        gpu.queue.submit([]);
    }
    gpu.wait()?;
    Ok(Paged {
        first,
        count,
        buffers: held,
    })
}

#[cfg(test)]
mod tests {
    use super::largest;

    #[test]
    fn the_largest_that_fits() {
        let found = largest(1_000_000, |n| n <= 300_000);
        assert!((280_000..=300_000).contains(&found), "{found}");
        assert_eq!(largest(1_000, |_| false), 0);
        assert!(largest(1_000, |_| true) > 900);
    }
}
