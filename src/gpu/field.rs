//! The field of magnets at many points, on the device: nothing of a run is needed.

use super::Gpu;
use super::alone::{Alone, Holds};
use crate::Error;
use crate::kernels::field::KERNEL;
use crate::magnets::{Field, FieldPoint, MagnetError, Packed};
use crate::memory;
use glam::DVec3;

/// Points in one submission at most.
const TOGETHER: usize = 1 << 14;

/// Terms that the threads of one submission sum, over all points: a small part of a second also where the device is a program on
/// the CPU.
const TERMS: usize = 1 << 22;

/// B and its gradient at every one of `points` [um], each with its own answer as [`crate::cpu::field`] has it. A point so near to
/// a magnet that 32 bits cannot tell (within 1e-4 of half its diagonal) is computed on the host.
///
/// # Errors
/// [`Error::Input`] for a field map, which has no kernel, and points that are not finite; [`Error::Device`] if the device fails.
pub fn field(
    gpu: &Gpu,
    field: &Field,
    points: &[DVec3],
) -> Result<Vec<Result<FieldPoint, MagnetError>>, Error> {
    if points.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(q) = points.iter().find(|q| !q.is_finite()) {
        return Err(Error::Input(format!(
            "{q} um is no point at which a field can be asked for"
        )));
    }
    let (lo, hi) = points
        .iter()
        .fold((points[0], points[0]), |(lo, hi), q| (lo.min(*q), hi.max(*q)));
    let packed = Packed::new(field, lo, hi)?;
    let run = Run::new(gpu, &packed, points.len())?;
    let mut out = memory::room(points.len())?;
    for part in points.chunks(run.together) {
        for (p, q) in run.sum(&packed, part)?.into_iter().zip(part) {
            out.push(match p {
                Some(p) if p.b.is_finite() && p.gradient.is_finite() => Ok(p),
                _ => field.at(*q),
            });
        }
    }
    Ok(out)
}

/// The kernel with its buffers.
struct Run<'g> {
    kernel: Alone<'g>,
    /// Points and magnets of one submission.
    together: usize,
    magnets_together: usize,
}

impl<'g> Run<'g> {
    fn new(gpu: &'g Gpu, packed: &Packed, points: usize) -> Result<Self, Error> {
        let together = (TERMS / packed.most.max(1)).clamp(1, TOGETHER).min(points);
        let magnets_together = (TERMS / together / packed.most.max(1)).clamp(1, packed.count().max(1));
        let kernel = Alone::new(
            gpu,
            &KERNEL,
            &[
                ("nodes", Holds::These(bytemuck::cast_slice(&packed.nodes))),
                ("magnets", Holds::Zeros(4 * Packed::WORDS * magnets_together)),
                ("places", Holds::Zeros(24 * together)),
                ("flux", Holds::Zeros(12 * together)),
                ("gradient", Holds::Zeros(20 * together)),
                ("within", Holds::Zeros(4 * together)),
            ],
        )?;
        Ok(Self {
            kernel,
            together,
            magnets_together,
        })
    }

    /// The sums at `points`; none where the kernel cannot tell.
    fn sum(&self, packed: &Packed, points: &[DVec3]) -> Result<Vec<Option<FieldPoint>>, Error> {
        let n = points.len();
        let places: Vec<[u32; 6]> = points.iter().map(|q| packed.place(*q)).collect();
        self.kernel.write("places", bytemuck::cast_slice(&places))?;
        let zeros = vec![0_u32; 5 * n];
        for (name, columns) in [("flux", 3), ("gradient", 5), ("within", 1)] {
            self.kernel
                .write(name, bytemuck::cast_slice(&zeros[..columns * n]))?;
        }
        for (k, magnets) in packed
            .magnets
            .chunks(Packed::WORDS * self.magnets_together)
            .enumerate()
        {
            self.kernel.write("magnets", bytemuck::cast_slice(magnets))?;
            self.kernel
                .run(k * self.magnets_together, n, magnets.len() / Packed::WORDS)?;
        }
        let floats = |name, columns: usize| -> Result<Vec<f32>, Error> {
            let words = self.kernel.read(name, columns * n)?;
            Ok(words.into_iter().map(f32::from_bits).collect())
        };
        let (flux, gradient) = (floats("flux", 3)?, floats("gradient", 5)?);
        let within = self.kernel.read("within", n)?;
        let rows = flux.chunks_exact(3).zip(gradient.chunks_exact(5)).zip(within);
        Ok(rows
            .map(|((b, g), within)| FieldPoint::from_rows(b, g).filter(|_| within == 0))
            .collect())
    }
}
