//! The population on the device, in pages of at most what one binding holds.

use super::{Gpu, buffers, pipeline};
use crate::engine::Entries;
use crate::kernels::{Page, profile};
use crate::{Error, memory};
use std::ops::Range;

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

    /// The buffer of a column.
    ///
    /// # Errors
    /// [`Error::Internal`] if there is none.
    pub fn needed(&self, name: &str) -> Result<&wgpu::Buffer, Error> {
        self.find(name)
            .ok_or_else(|| Error::Internal(format!("page {} has no buffer `{name}`", self.first)))
    }

    /// The part of these rows of all parcels that is on the page, counted from its first.
    pub fn own(&self, rows: &Range<usize>) -> Range<usize> {
        let on = |row: usize| row.clamp(self.first, self.first + self.count) - self.first;
        on(rows.start)..on(rows.end)
    }
}

/// A column of a program, by name.
type Column<'a> = (&'static str, Entries<'a>);

/// Most parcels on a page: as many as one binding holds of the widest column, and no more than `page`.
pub fn per_page(gpu: &Gpu, columns: &[Column<'_>], page: u64) -> usize {
    let limit = gpu.device.limits();
    let widest = columns.iter().map(|(_, c)| c.each() as u64).max().unwrap_or(1);
    let most = limit.max_storage_buffer_binding_size.min(limit.max_buffer_size) / widest;
    most.min(page).max(1) as usize
}

/// Copies `n` parcels onto the device, `per_page` a page.
pub fn load_all(gpu: &Gpu, columns: &[Column<'_>], n: usize, per_page: usize) -> Result<Vec<Paged>, Error> {
    let mut pages = Vec::new();
    // bytes that the device gave
    let mut given = 0;
    for first in (0..n).step_by(per_page) {
        match load(gpu, columns, first, (n - first).min(per_page), &mut given) {
            Ok(page) => pages.push(page),
            Err(Error::Device(said)) => {
                // a device that was lost says nothing of how much it holds
                gpu.healthy()?;
                let each: u64 = columns.iter().map(|(_, c)| c.each() as u64).sum();
                return Err(Error::Device(format!(
                    "{said}; {n} parcels take {} of the device's memory, and it gave {}, room for about {} parcels",
                    memory::show(n as u64 * each),
                    memory::show(given),
                    given / each
                )));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(pages)
}

/// Copies a part of the population onto the device.
fn load(
    gpu: &Gpu,
    columns: &[Column<'_>],
    first: usize,
    count: usize,
    given: &mut u64,
) -> Result<Paged, Error> {
    // threads in a row of a dispatch; every kernel over parcels has the same workgroup
    let row = pipeline::groups(gpu, count, profile::KERNEL.workgroup)[0] * profile::KERNEL.workgroup;
    let page = Page {
        first: first as u32,
        count: count as u32,
        row,
        spare: 0,
    };
    let mut held = vec![("page", pipeline::page_buffer(gpu, page)?)];
    for (name, column) in columns {
        let each = column.each();
        let bytes = &column.bytes()[first * each..(first + count) * each];
        held.push((*name, buffers::filled(gpu, name, bytes)?));
        *given += bytes.len() as u64;
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
