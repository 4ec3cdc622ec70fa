//! A separator's parcels, field and surfaces on a device.

use super::backend::{BATCH, GpuBackend};
use super::pages::{self, Column};
use super::{Gpu, buffers, pipeline};
use crate::Error;
use crate::engine::{CARRIED_BYTES_PER_PARCEL, Charge, Pass, Program, Room, Separator, Way};
use crate::kernels::passage::{self, FATES, FREE, SURFACES, WAITING, carrier};
use crate::kernels::{Environment, Passage, Statistics, census, release, settle};
use crate::memory::{self, Need};

impl GpuBackend {
    /// Takes the parcels of a separator onto a device; its field has `pull` on the corners of its grid cells (none without a
    /// field). Pages hold at most `page` parcels.
    ///
    /// # Errors
    /// As [`GpuBackend::new`].
    pub fn carry(
        gpu: Gpu,
        s: &Separator,
        charge: &Charge,
        pull: Option<&[[f32; 4]]>,
        page: u64,
    ) -> Result<Self, Error> {
        s.check()?;
        if gpu.adapter.software {
            let each = 2 * CARRIED_BYTES_PER_PARCEL + memory::STAGING_BYTES_PER_PARCEL;
            Need {
                held: CARRIED_BYTES_PER_PARCEL,
                ..s.need(each)
            }
            .check(memory::available())?;
        }
        let storage = wgpu::BufferUsages::STORAGE;
        let flow = s.flow();
        let nodes: u64 = s.cells.iter().map(|c| u64::from(*c) + 1).product();
        let carrier = carrier(flow.as_ref())?;
        buffers::check(
            &gpu,
            &[
                ("the table of the field", nodes * 16),
                ("the table of the flow", size_of_val(carrier.as_slice()) as u64),
            ],
        )?;
        let vessel = Passage::new(s, flow.as_ref());
        let passage_buffer = buffers::empty(
            &gpu,
            "passage",
            size_of::<Passage>() as u64,
            wgpu::BufferUsages::UNIFORM,
        )?;
        gpu.queue
            .write_buffer(&passage_buffer, 0, bytemuck::bytes_of(&vessel));
        let room = Room::new(s, charge);
        let mut shared = surfaces(&gpu, s, &room)?;
        shared.extend([
            ("params", pipeline::params_buffer(&gpu, BATCH)?),
            ("passage", passage_buffer),
            (
                "pull",
                buffers::filled(&gpu, "pull", bytemuck::cast_slice(&passage::pull(s, pull)?))?,
            ),
            (
                "carrier",
                buffers::filled(&gpu, "carrier", bytemuck::cast_slice(&carrier))?,
            ),
            (
                "stats",
                buffers::empty(&gpu, "stats", 4 * Statistics::WORDS as u64, storage)?,
            ),
            (
                "census",
                buffers::empty(
                    &gpu,
                    "census",
                    s.components.len() as u64 * u64::from(FATES) * 4,
                    storage,
                )?,
            ),
        ]);
        let mut clock: Vec<[f32; 2]> = memory::room(charge.len())?;
        clock.extend(charge.enter.iter().map(|t| [*t, -1.0]));
        let mut fate: Vec<u32> = memory::room(charge.len())?;
        fate.extend(charge.enter.iter().map(|t| if *t > 0.0 { WAITING } else { FREE }));
        let [x, y, z] = &charge.position;
        let columns = [
            Column::new("position_x", x),
            Column::new("position_y", y),
            Column::new("position_z", z),
            Column::new("mobility", &charge.mobility),
            Column::new("excess", &charge.excess),
            Column::new("magnetic", &charge.magnetic),
            Column::new("fate", &fate),
            Column::new("clock", &clock),
            Column::new("depth", &charge.depth),
            Column::new("kind", &charge.kind),
        ];
        let per_page = pages::per_page(&gpu, &columns, page);
        let pages = pages::load_all(&gpu, &columns, charge.len(), per_page)?;
        let mut backend = Self::compile(
            gpu,
            Environment::carried(s),
            s.components.len(),
            pages,
            shared,
            Program::carried(Way::of(s), room.limited),
            &census::KERNEL,
        )?;
        for kernel in [&release::KERNEL, &settle::KERNEL] {
            let ready = backend.prepare(&Pass::Run(kernel))?;
            backend.releasing.push(ready);
        }
        Ok(backend)
    }
}

/// What the surfaces of a separator need: their patches, and what a matrix catches.
fn surfaces(gpu: &Gpu, s: &Separator, room: &Room) -> Result<Vec<(&'static str, wgpu::Buffer)>, Error> {
    let patches = SURFACES as usize * s.cells[2] as usize;
    let (none, all) = (memory::filled(patches, 0_u32)?, memory::filled(patches, 1.0_f32)?);
    let (capture, unspecific) = match &s.matrix {
        Some(m) => (m.rows(), m.unlabelled(s.duct.length)),
        None => (Vec::new(), Vec::new()),
    };
    let filled = |name, bytes: &[u8]| Ok((name, buffers::filled(gpu, name, bytes)?));
    [
        filled("footprint", bytemuck::cast_slice(&room.footprint)),
        filled("capacity", bytemuck::cast_slice(&room.capacity)),
        filled("held", bytemuck::cast_slice(&none)),
        filled("arrived", bytemuck::cast_slice(&none)),
        filled("vacant", bytemuck::cast_slice(&all)),
        filled("capture", bytemuck::cast_slice(&capture)),
        filled("unspecific", bytemuck::cast_slice(&unspecific)),
    ]
    .into_iter()
    .collect()
}
