//! Trajectories past a collector, on the device: nothing of a run is needed.

use super::Gpu;
use super::alone::{Alone, Holds};
use crate::Error;
use crate::kernels::approach::{End, KERNEL, Start, TOGETHER, check};
use crate::magnets::Collector;
use crate::memory;

/// Flies every cell past the collector.
///
/// # Errors
/// [`Error::Input`] for a start out of reach or that is not finite, [`Error::Device`] if the device fails.
pub fn approach(gpu: &Gpu, collector: &Collector, starts: &[Start]) -> Result<Vec<End>, Error> {
    check(collector, starts)?;
    let most = TOGETHER.min(starts.len());
    let kernel = Alone::new(
        gpu,
        &KERNEL,
        &[
            (
                "collector",
                Holds::These(bytemuck::cast_slice(&collector.words())),
            ),
            ("starts", Holds::Zeros(16 * most)),
            ("ends", Holds::Zeros(16 * most)),
            ("spent", Holds::Zeros(4 * most)),
        ],
    )?;
    let mut out = memory::room(starts.len())?;
    for part in starts.chunks(TOGETHER) {
        let n = part.len();
        kernel.write("starts", bytemuck::cast_slice(part))?;
        kernel.run(0, n, 0)?;
        let rows = kernel.read("ends", 4 * n)?;
        let times = kernel.read("spent", n)?;
        out.extend(
            rows.chunks_exact(4)
                .zip(times)
                .map(|(r, t)| End::from_row([r[0], r[1], r[2], r[3]].map(f32::from_bits), f32::from_bits(t))),
        );
    }
    Ok(out)
}
