//! Pictures of the parcels, straight from the buffers in which they live: only the finished picture comes back.

use super::backend::GpuBackend;
use super::pages::Paged;
use super::pipeline::{self, Compiled};
use super::{Gpu, buffers};
use crate::Error;
use crate::kernels::params::{CARRIED, CROWDED};
use crate::kernels::{Page, Plate, Shown, Step, slip_speed, splat, tint};
use crate::memory;
use std::sync::Arc;

/// The compiled kernels of pictures, and the buffers of the last ones.
pub(super) struct Camera {
    slip_speed: Compiled,
    splat: Compiled,
    tint: Compiled,
    films: Vec<Film>,
}

/// Looks whose buffers are kept: two, for two pictures beside each other.
const FILMS: usize = 2;

/// The large buffers of a picture: the next one of the same look takes them again, which is quicker than to have them made and filled.
struct Film {
    of: Arc<Vec<[f32; 4]>>,
    amounts: usize,
    buffers: [(&'static str, wgpu::Buffer); 3],
}

impl Film {
    fn new(gpu: &Gpu, plate: &Plate) -> Result<Self, Error> {
        let empty =
            |name, words: usize| buffers::empty(gpu, name, 4 * words as u64, wgpu::BufferUsages::STORAGE);
        Ok(Self {
            of: Arc::clone(&plate.behind),
            amounts: plate.sums(),
            buffers: [
                (
                    "behind",
                    buffers::filled(gpu, "behind", bytemuck::cast_slice(plate.behind.as_slice()))?,
                ),
                ("sums", empty("sums", plate.sums())?),
                ("image", empty("image", plate.pixels())?),
            ],
        })
    }

    /// Whether it is for a picture of this kind.
    fn fits(&self, plate: &Plate) -> bool {
        Arc::ptr_eq(&self.of, &plate.behind) && self.amounts == plate.sums()
    }
}

impl Camera {
    fn new(gpu: &Gpu) -> Result<Self, Error> {
        Ok(Self {
            slip_speed: Compiled::new(gpu, &slip_speed::KERNEL)?,
            splat: Compiled::new(gpu, &splat::KERNEL)?,
            tint: Compiled::new(gpu, &tint::KERNEL)?,
            films: Vec::new(),
        })
    }
}

/// Refuses a picture whose buffers no binding holds.
fn fits(gpu: &Gpu, plate: &Plate) -> Result<(), Error> {
    let limits = gpu.device.limits();
    let most = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    let needed = (4 * plate.sums()).max(16 * plate.pixels()) as u64;
    if needed <= most {
        return Ok(());
    }
    Err(Error::Device(format!(
        "a picture of {} x {} pixels takes {} in one piece, and {} holds at most {}; take a smaller one, or the CPU back-end",
        plate.shot.width,
        plate.shot.height,
        memory::show(needed),
        gpu.adapter.name,
        memory::show(most)
    )))
}

impl GpuBackend {
    /// Takes the picture that `plate` asks for.
    pub(super) fn photograph(&mut self, plate: &Plate) -> Result<Vec<u32>, Error> {
        plate.check(self.components)?;
        fits(&self.gpu, plate)?;
        let crowded = matches!(plate.shown, Shown::Fraction | Shown::Slip) && self.refresh_fields()?;
        if plate.shown == Shown::Fraction && !crowded {
            return Err(unknown_value());
        }
        let mut camera = match self.camera.take() {
            Some(camera) => camera,
            None => Camera::new(&self.gpu)?,
        };
        let image = match camera.films.iter().position(|f| f.fits(plate)) {
            Some(at) => Ok(camera.films.remove(at)),
            None => Film::new(&self.gpu, plate),
        }
        .and_then(|film| {
            let image = self.expose(&camera, &film, plate, crowded);
            camera.films.push(film);
            image
        });
        if camera.films.len() > FILMS {
            camera.films.remove(0);
        }
        self.camera = Some(camera);
        image
    }

    fn expose(&self, camera: &Camera, film: &Film, plate: &Plate, crowded: bool) -> Result<Vec<u32>, Error> {
        let gpu = &self.gpu;
        let fated = self.pages.iter().any(|p| p.find("fate").is_some());
        let shot = plate.shot_for(fated);
        let filled = |name, bytes: &[u8]| buffers::filled(gpu, name, bytes);
        let own = [
            ("shot", filled("shot", bytemuck::bytes_of(&shot))?),
            ("blots", filled("blots", bytemuck::cast_slice(&plate.blots))?),
            (
                "channel",
                filled("channel", bytemuck::cast_slice(&plate.channel))?,
            ),
            (
                "palette",
                filled("palette", bytemuck::cast_slice(&plate.palette))?,
            ),
        ];
        let find = |name: &str| {
            let mut all = own.iter().chain(&film.buffers);
            all.find(|(n, _)| *n == name).map(|(_, b)| b)
        };
        let needed = |name: &str| {
            find(name).ok_or_else(|| Error::Internal(format!("a picture has no buffer `{name}`")))
        };
        let params = self.parameters(&plate.step, crowded, fated)?;
        let value = |page: &'_ Paged| match plate.shown {
            // not read, but something has to be bound
            Shown::Class => page.find("kind").cloned(),
            // worked out below
            Shown::Slip => None,
            Shown::Excess => page.find("excess").cloned(),
            Shown::Magnetic => page.find("magnetic").cloned(),
            Shown::Fraction => self.shared("fields").cloned(),
        };
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        encoder.clear_buffer(needed("sums")?, 0, None);
        for page in &self.pages {
            let value = match plate.shown {
                Shown::Slip => self.slip_speeds(&camera.slip_speed, page, params, &mut encoder)?,
                _ => value(page).ok_or_else(unknown_value)?,
            };
            let bound = camera.splat.bind(gpu, &|name| match name {
                "params" => Some(params),
                "fate" => page.find("fate").or_else(|| page.find("kind")),
                "value" => Some(&value),
                _ => find(name).or_else(|| page.find(name)),
            })?;
            let mut pass = encoder.begin_compute_pass(&Default::default());
            let groups = pipeline::groups(gpu, page.count, splat::KERNEL.workgroup);
            camera.splat.record(&mut pass, &bound, 0, groups);
        }
        let groups = pipeline::groups(gpu, plate.pixels(), tint::KERNEL.workgroup);
        let page = Page {
            first: 0,
            count: plate.pixels() as u32,
            row: groups[0] * tint::KERNEL.workgroup,
            spare: 0,
        };
        let page_buffer = pipeline::page_buffer(gpu, page)?;
        let bound = camera.tint.bind(gpu, &|name| match name {
            "params" => Some(params),
            "page" => Some(&page_buffer),
            _ => find(name),
        })?;
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            camera.tint.record(&mut pass, &bound, 0, groups);
        }
        gpu.queue.submit([encoder.finish()]);
        buffers::read(gpu, needed("image")?, 4 * plate.pixels() as u64)
    }

    /// Has the speeds of a page's parcels worked out.
    fn slip_speeds(
        &self,
        kernel: &Compiled,
        page: &Paged,
        params: &wgpu::Buffer,
        encoder: &mut wgpu::CommandEncoder,
    ) -> Result<wgpu::Buffer, Error> {
        let gpu = &self.gpu;
        let speed = buffers::empty(gpu, "speed", 4 * page.count as u64, wgpu::BufferUsages::STORAGE)?;
        let bound = kernel.bind(gpu, &|name| match name {
            "params" => Some(params),
            "speed" => Some(&speed),
            // not read where there is none, but something has to be bound
            "fields" | "pull" => self.shared(name).or_else(|| page.find("kind")),
            "magnetic" | "fate" => page.find(name).or_else(|| page.find("kind")),
            _ => page.find(name),
        })?;
        let mut pass = encoder.begin_compute_pass(&Default::default());
        let groups = pipeline::groups(gpu, page.count, slip_speed::KERNEL.workgroup);
        kernel.record(&mut pass, &bound, 0, groups);
        drop(pass);
        Ok(speed)
    }

    /// The buffer of parameters, with those of the moment of a picture.
    fn parameters(&self, step: &Step, crowded: bool, fated: bool) -> Result<&wgpu::Buffer, Error> {
        let params = self.needed("params")?;
        let mut environment = self.environment;
        if crowded {
            environment.switches |= CROWDED;
        }
        if fated {
            environment.switches |= CARRIED;
        }
        pipeline::write_params(
            &self.gpu,
            params,
            &[crate::kernels::Params::new(&environment, step)],
        );
        Ok(params)
    }
}

fn unknown_value() -> Error {
    Error::Input("the cells of this run have no such value to colour them by".into())
}
