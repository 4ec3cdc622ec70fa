//! The field of magnets at many points, on the device: nothing of a run is needed.

use super::pipeline::{self, Compiled};
use super::{Gpu, buffers};
use crate::Error;
use crate::kernels::field::KERNEL;
use crate::kernels::{Page, Params};
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
    gpu: &'g Gpu,
    compiled: Compiled,
    bound: wgpu::BindGroup,
    page: wgpu::Buffer,
    magnets: wgpu::Buffer,
    places: wgpu::Buffer,
    flux: wgpu::Buffer,
    gradient: wgpu::Buffer,
    within: wgpu::Buffer,
    /// Points and magnets of one submission.
    together: usize,
    magnets_together: usize,
}

impl<'g> Run<'g> {
    fn new(gpu: &'g Gpu, packed: &Packed, points: usize) -> Result<Self, Error> {
        let compiled = Compiled::new(gpu, &KERNEL)?;
        let together = (TERMS / packed.most.max(1)).clamp(1, TOGETHER).min(points);
        let magnets_together = (TERMS / together / packed.most.max(1)).clamp(1, packed.count().max(1));
        let params = pipeline::params_buffer(gpu, 1)?;
        pipeline::write_params(gpu, &params, &[Params::default()]);
        let nodes = buffers::filled(gpu, "nodes", bytemuck::cast_slice(&packed.nodes))?;
        let page = buffers::empty(gpu, "page", size_of::<Page>() as u64, wgpu::BufferUsages::UNIFORM)?;
        let storage =
            |name: &str, bytes: usize| buffers::empty(gpu, name, bytes as u64, wgpu::BufferUsages::STORAGE);
        let magnets = storage("magnets", 4 * Packed::WORDS * magnets_together)?;
        let places = storage("places", 24 * together)?;
        let flux = storage("flux", 12 * together)?;
        let gradient = storage("gradient", 20 * together)?;
        let within = storage("within", 4 * together)?;
        let bound = compiled.bind(gpu, &|name| match name {
            "params" => Some(&params),
            "page" => Some(&page),
            "magnets" => Some(&magnets),
            "nodes" => Some(&nodes),
            "places" => Some(&places),
            "flux" => Some(&flux),
            "gradient" => Some(&gradient),
            "within" => Some(&within),
            _ => None,
        })?;
        Ok(Self {
            gpu,
            compiled,
            bound,
            page,
            magnets,
            places,
            flux,
            gradient,
            within,
            together,
            magnets_together,
        })
    }

    /// The sums at `points`; none where the kernel cannot tell.
    fn sum(&self, packed: &Packed, points: &[DVec3]) -> Result<Vec<Option<FieldPoint>>, Error> {
        let gpu = self.gpu;
        let n = points.len();
        let places: Vec<[u32; 6]> = points.iter().map(|q| packed.place(*q)).collect();
        gpu.queue
            .write_buffer(&self.places, 0, bytemuck::cast_slice(&places));
        let zeros = vec![0_u32; 5 * n];
        gpu.queue
            .write_buffer(&self.flux, 0, bytemuck::cast_slice(&zeros[..3 * n]));
        gpu.queue
            .write_buffer(&self.gradient, 0, bytemuck::cast_slice(&zeros));
        gpu.queue
            .write_buffer(&self.within, 0, bytemuck::cast_slice(&zeros[..n]));
        let groups = pipeline::groups(gpu, n, KERNEL.workgroup);
        for (k, magnets) in packed
            .magnets
            .chunks(Packed::WORDS * self.magnets_together)
            .enumerate()
        {
            let page = Page {
                first: (k * self.magnets_together) as u32,
                count: n as u32,
                row: groups[0] * KERNEL.workgroup,
                spare: (magnets.len() / Packed::WORDS) as u32,
            };
            gpu.queue.write_buffer(&self.page, 0, bytemuck::bytes_of(&page));
            gpu.queue
                .write_buffer(&self.magnets, 0, bytemuck::cast_slice(magnets));
            let mut encoder = gpu.device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                self.compiled.record(&mut pass, &self.bound, 0, groups);
            }
            gpu.queue.submit([encoder.finish()]);
        }
        let floats = |buffer, columns: usize| -> Result<Vec<f32>, Error> {
            let words = buffers::read(gpu, buffer, 4 * (columns * n) as u64)?;
            Ok(words.into_iter().map(f32::from_bits).collect())
        };
        let (flux, gradient) = (floats(&self.flux, 3)?, floats(&self.gradient, 5)?);
        let within = buffers::read(gpu, &self.within, 4 * n as u64)?;
        let rows = flux.chunks_exact(3).zip(gradient.chunks_exact(5)).zip(within);
        Ok(rows
            .map(|((b, g), within)| FieldPoint::from_rows(b, g).filter(|_| within == 0))
            .collect())
    }
}
