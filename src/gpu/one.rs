//! Single parcels: what one is, and when those come in that wait.

use super::backend::GpuBackend;
use super::buffers;
use super::pages::Paged;
use crate::Error;
use crate::engine::{Carriage, Parcel, no_parcel};
use crate::kernels::passage::WAITING;

/// Columns of every parcel and the words that each takes, as [`GpuBackend::one`] reads them.
const OWN: [(&str, u64); 6] = [
    ("position_x", 2),
    ("position_y", 2),
    ("position_z", 2),
    ("mobility", 1),
    ("excess", 1),
    ("kind", 1),
];
/// Those that only a separator has.
const CARRIED: [(&str, u64); 3] = [("magnetic", 2), ("fate", 1), ("clock", 2)];

impl GpuBackend {
    /// Reads one parcel: a few words of each column, in one go.
    pub(super) fn one(&self, index: usize) -> Result<Parcel, Error> {
        let all = self.pages.iter().map(|p| p.count).sum();
        let page = self
            .pages
            .iter()
            .find(|p| (p.first..p.first + p.count).contains(&index))
            .ok_or_else(|| no_parcel(index, all))?;
        let at = (index - page.first) as u64;
        let fated = page.find("fate").is_some();
        let columns = OWN.iter().chain(CARRIED.iter().filter(|_| fated));
        let parts = columns
            .map(|(name, words)| Ok((column(page, name)?, 4 * words * at, 4 * words)))
            .collect::<Result<Vec<_>, Error>>()?;
        let w = buffers::gather(&self.gpu, &parts)?;
        let needed = if fated { 14 } else { 9 };
        if w.len() != needed {
            return Err(Error::Internal("a parcel came back in another length".into()));
        }
        let real = |k: usize| f32::from_bits(w[k]);
        Ok(Parcel {
            position: [0, 2, 4].map(|k: usize| u64::from(w[k]) | u64::from(w[k + 1]) << 32),
            mobility: real(6),
            excess: real(7),
            kind: w[8],
            carried: fated.then(|| Carriage {
                magnetic: [real(9), real(10)],
                fate: w[11],
                clock: [real(12), real(13)],
            }),
        })
    }

    /// Other times for the parcels that have not come in yet. By the host: it happens when a person turns a knob.
    pub(super) fn retime_waiting(&self, when: &dyn Fn(f64) -> f64) -> Result<(), Error> {
        for page in self.pages.iter().filter(|p| p.find("fate").is_some()) {
            let (fate, clock) = (column(page, "fate")?, column(page, "clock")?);
            let n = page.count as u64;
            let fates = buffers::read(&self.gpu, fate, 4 * n)?;
            let mut clocks = buffers::read(&self.gpu, clock, 8 * n)?;
            for (fate, clock) in fates.iter().zip(clocks.chunks_exact_mut(2)) {
                if *fate == WAITING {
                    clock[0] = (when(f64::from(f32::from_bits(clock[0]))) as f32).to_bits();
                }
            }
            self.gpu
                .queue
                .write_buffer(clock, 0, bytemuck::cast_slice(&clocks));
        }
        Ok(())
    }
}

fn column<'a>(page: &'a Paged, name: &str) -> Result<&'a wgpu::Buffer, Error> {
    page.find(name)
        .ok_or_else(|| Error::Internal(format!("page {} has no buffer `{name}`", page.first)))
}
