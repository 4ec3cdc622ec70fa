//! Adapters and the device: what there is, which one is opened, and what becomes of its errors.

use crate::Error;
use crate::engine::{Device, PATIENCE, patiently};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// An adapter as the driver describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// Number by which it can be chosen.
    pub index: usize,
    /// Name.
    pub name: String,
    /// Driver and its version.
    pub driver: String,
    /// `discrete GPU`, `integrated GPU`, `virtual GPU`, `software` or `unknown`.
    pub kind: String,
    /// True if it is a program on the CPU.
    pub software: bool,
    /// Graphics interface: `Vulkan`, `Metal`, `Dx12`.
    pub api: String,
    /// Most bytes that one binding may hold.
    pub max_binding: u64,
    /// Most bytes that one buffer may hold.
    pub max_buffer: u64,
}

/// Which adapter to open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selector {
    /// The first hardware adapter, else the first of all.
    #[default]
    Default,
    /// By [`Adapter::index`]; if there is no such number, by a name with that number (of two digits
    /// at least) as a word of it.
    Index(usize),
    /// The first whose name contains this, in any case.
    Name(String),
}

/// Share of the memory budget that the driver reports beyond which allocations fail rather than swap [per cent].
const MEMORY_SHARE: u8 = 90;

/// The one instance of the engine (a window has its own). It is never given back: with the last instance the system unloads the driver, and NVIDIA's
/// (580.159.04) cannot be loaded more than some thirty times, after which there are no adapters.
fn instance() -> &'static wgpu::Instance {
    static INSTANCE: OnceLock<wgpu::Instance> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
        descriptor.backends &= wgpu::Backends::PRIMARY;
        descriptor.memory_budget_thresholds.for_resource_creation = Some(MEMORY_SHARE);
        wgpu::Instance::new(descriptor)
    })
}

fn enumerate() -> Vec<wgpu::Adapter> {
    pollster::block_on(instance().enumerate_adapters(wgpu::Backends::all()))
}

fn describe(index: usize, adapter: &wgpu::Adapter) -> Adapter {
    let (info, limits) = (adapter.get_info(), adapter.limits());
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => "discrete GPU",
        wgpu::DeviceType::IntegratedGpu => "integrated GPU",
        wgpu::DeviceType::VirtualGpu => "virtual GPU",
        wgpu::DeviceType::Cpu => "software",
        wgpu::DeviceType::Other => "unknown",
    };
    Adapter {
        index,
        driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
        kind: kind.to_owned(),
        software: info.device_type == wgpu::DeviceType::Cpu,
        api: format!("{:?}", info.backend),
        max_binding: limits.max_storage_buffer_binding_size,
        max_buffer: limits.max_buffer_size,
        name: crate::plain::line(&info.name),
    }
}

/// Every adapter that can compute.
pub fn adapters() -> Vec<Adapter> {
    enumerate()
        .iter()
        .enumerate()
        .map(|(i, a)| describe(i, a))
        .collect()
}

/// The adapter that a selector means, without opening it; none if there is no such one.
pub fn find(selector: &Selector) -> Option<Adapter> {
    let all = adapters();
    choose(selector, &all).map(|i| all[i].clone())
}

fn choose(selector: &Selector, all: &[Adapter]) -> Option<usize> {
    let named = |part: &str| {
        let part = part.to_lowercase();
        all.iter().position(|a| a.name.to_lowercase().contains(&part))
    };
    match selector {
        Selector::Default => all
            .iter()
            .position(|a| !a.software)
            .or((!all.is_empty()).then_some(0)),
        // names have numbers in them too ("RTX 4090")
        Selector::Index(i) => all.iter().position(|a| a.index == *i).or_else(|| {
            // a whole number of the name, not a digit of one
            let number = i.to_string();
            let whole = |a: &Adapter| {
                let mut words = a.name.split(|c: char| !c.is_ascii_alphanumeric());
                number.len() > 1 && words.any(|w| w == number)
            };
            all.iter().position(whole)
        }),
        Selector::Name(part) => named(part),
    }
}

/// An open device.
pub struct Gpu {
    /// The device.
    pub(super) device: wgpu::Device,
    /// Its queue.
    pub(super) queue: wgpu::Queue,
    /// The adapter it was opened on.
    pub adapter: Adapter,
    /// What the driver said when the device was lost or refused something outside of any error scope.
    trouble: Arc<Mutex<Option<String>>>,
    /// Bytes of all buffers that were made.
    pub(super) given: Arc<AtomicU64>,
    /// How much later than it does the device answers next, on purpose, and how long is waited for it then.
    stall: Mutex<Option<Duration>>,
}

impl Gpu {
    /// Opens an adapter with all of its limits.
    ///
    /// # Errors
    /// [`Error::Device`] if there is none, none of that number or name, or if it refuses.
    pub fn open(selector: &Selector) -> Result<Self, Error> {
        Self::open_within(selector, u64::MAX, u64::MAX)
    }

    /// As [`Gpu::open`], with bindings and buffers of so many bytes at most: for tests of what happens beyond.
    ///
    /// # Errors
    /// As [`Gpu::open`].
    #[doc(hidden)]
    pub fn open_within(selector: &Selector, binding: u64, buffer: u64) -> Result<Self, Error> {
        let all = enumerate();
        let described: Vec<Adapter> = all.iter().enumerate().map(|(i, a)| describe(i, a)).collect();
        if described.is_empty() {
            return Err(Error::Device(
                "no graphics adapter was found; install a Vulkan driver (a software one is mesa-vulkan-drivers) or \
                 run with --backend cpu"
                    .into(),
            ));
        }
        let Some(chosen) = choose(selector, &described) else {
            let known: Vec<String> = described
                .iter()
                .map(|a| format!("{} {}", a.index, a.name))
                .collect();
            return Err(Error::Device(format!(
                "no graphics adapter is called {}; there are: {}",
                match selector {
                    Selector::Name(n) => format!("`{n}`"),
                    Selector::Index(i) => format!("number {i}"),
                    Selector::Default => "that".into(),
                },
                known.join(", ")
            )));
        };
        let adapter = described[chosen].clone();
        let mut limits = all[chosen].limits();
        limits.max_storage_buffer_binding_size = limits.max_storage_buffer_binding_size.min(binding);
        limits.max_buffer_size = limits.max_buffer_size.min(buffer);
        let (device, queue) = pollster::block_on(all[chosen].request_device(&wgpu::DeviceDescriptor {
            label: Some("buffycoat"),
            required_limits: limits,
            ..Default::default()
        }))
        .map_err(|e| Error::Device(format!("{} could not be opened: {e}", adapter.name)))?;
        let trouble = Arc::new(Mutex::new(None));
        let lost = Arc::clone(&trouble);
        device.set_device_lost_callback(move |reason, message| {
            // giving the device back at the end is no trouble
            if reason != wgpu::DeviceLostReason::Destroyed {
                lost.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .get_or_insert(format!("{reason:?}: {message}"));
            }
        });
        let refused = Arc::clone(&trouble);
        device.on_uncaptured_error(Arc::new(move |e: wgpu::Error| {
            refused
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert(e.to_string());
        }));
        Ok(Self {
            device,
            queue,
            adapter,
            trouble,
            given: Arc::default(),
            stall: Mutex::default(),
        })
    }

    /// As the engine sees it.
    pub fn describe(&self) -> Device {
        Device {
            backend: "gpu",
            name: self.adapter.name.clone(),
            driver: self.adapter.driver.clone(),
            threads: 0,
            batch: super::backend::BATCH,
            software: self.adapter.software,
        }
    }

    /// What went wrong on the device, if anything did. After a loss calls become silent no-ops, so this has to be
    /// asked after every wait.
    ///
    /// # Errors
    /// [`Error::Device`] with what the driver said.
    pub fn healthy(&self) -> Result<(), Error> {
        match &*self.trouble.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Ok(()),
            Some(said) => Err(Error::Device(format!(
                "{} failed ({}): {said}; try again, with fewer parcels, or with --backend cpu",
                self.adapter.name, self.adapter.driver
            ))),
        }
    }

    /// Runs `make` and turns what the driver objects to into an error.
    ///
    /// # Errors
    /// [`Error::Device`] for a validation, memory or internal error of the driver.
    pub fn guarded<T>(&self, what: &str, make: impl FnOnce() -> T) -> Result<T, Error> {
        let scopes = [
            wgpu::ErrorFilter::Internal,
            wgpu::ErrorFilter::OutOfMemory,
            wgpu::ErrorFilter::Validation,
        ]
        .map(|f| self.device.push_error_scope(f));
        let made = make();
        let mut objection = None;
        for scope in scopes.into_iter().rev() {
            objection = pollster::block_on(scope.pop()).or(objection);
        }
        match objection {
            None => Ok(made),
            Some(e) => Err(Error::Device(format!(
                "{what}: {} refused: {e}",
                self.adapter.name
            ))),
        }
    }

    /// Waits until all that was submitted is done. Whoever listens ([`crate::engine::on_silence`]) is told when that takes long.
    ///
    /// # Errors
    /// [`Error::Device`] when it does not come to an end or the device is lost.
    pub fn wait(&self) -> Result<(), Error> {
        let late = self.stall.lock().unwrap_or_else(PoisonError::into_inner).take();
        // of a stall on purpose, which is counted and not waited for
        let mut left = late.unwrap_or(Duration::ZERO);
        let answered = patiently(PATIENCE, &self.adapter.name, |most| {
            if left > most {
                left -= most;
                return Ok(false);
            }
            let poll = wgpu::PollType::Wait {
                submission_index: None,
                timeout: Some(most),
            };
            match self.device.poll(poll) {
                Ok(_) => Ok(true),
                Err(wgpu::PollError::Timeout) => Ok(false),
                Err(e) => Err(Error::Device(format!(
                    "{} did not answer: {e}",
                    self.adapter.name
                ))),
            }
        })?;
        if !answered {
            // the queue waits for the device when it is dropped, and would wait for ever
            std::mem::forget(self.queue.clone());
            return Err(Error::Device(format!(
                "{} did not answer for {} s and was given up; end what else uses it, take fewer parcels, or run with --backend cpu",
                self.adapter.name,
                PATIENCE.most.as_secs_f64()
            )));
        }
        self.healthy()
    }

    /// Bytes of all buffers that were made on it.
    #[doc(hidden)]
    pub fn given(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.given)
    }

    /// Makes the next wait come out as if the device answered so late. No time passes on the clock.
    #[doc(hidden)]
    pub fn stall(&self, late: Duration) {
        *self.stall.lock().unwrap_or_else(PoisonError::into_inner) = Some(late);
    }

    /// Loses the device on purpose, and tells nobody: as after a driver's crash it is for the next call to find out.
    #[doc(hidden)]
    pub fn lose(&self) {
        self.device.destroy();
    }
}

impl Gpu {
    /// Bytes a second that a plain copy between two buffers of the device reads and writes.
    ///
    /// # Errors
    /// [`Error::Device`] when the device fails.
    pub fn copy_bandwidth(&self) -> Result<f64, Error> {
        let bytes = self.adapter.max_buffer.min(256 << 20);
        let usage = wgpu::BufferUsages::STORAGE;
        let from = super::buffers::empty(self, "copy from", bytes, usage)?;
        let to = super::buffers::empty(self, "copy to", bytes, usage)?;
        let mut best = 0.0_f64;
        for _ in 0..4 {
            const TIMES: u64 = 8;
            let mut encoder = self.device.create_command_encoder(&Default::default());
            for _ in 0..TIMES {
                encoder.copy_buffer_to_buffer(&from, 0, &to, 0, bytes);
            }
            let begin = std::time::Instant::now();
            self.queue.submit([encoder.finish()]);
            self.wait()?;
            best = best.max((2 * TIMES * bytes) as f64 / begin.elapsed().as_secs_f64());
        }
        Ok(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_be_part_of_a_name() {
        let adapter = |index, name: &str, software| Adapter {
            index,
            name: name.into(),
            driver: String::new(),
            kind: String::new(),
            software,
            api: String::new(),
            max_binding: 0,
            max_buffer: 0,
        };
        let all = [
            adapter(0, "llvmpipe", true),
            adapter(1, "GeForce RTX 4090", false),
        ];
        assert_eq!(choose(&Selector::Index(4090), &all), Some(1));
        assert_eq!(choose(&Selector::Index(0), &all), Some(0));
        assert_eq!(choose(&Selector::Name("rtx".into()), &all), Some(1));
        for no in [7, 4, 40, 409, 90] {
            assert_eq!(choose(&Selector::Index(no), &all), None, "{no}");
        }
        assert_eq!(choose(&Selector::Default, &all), Some(1));
        assert_eq!(choose(&Selector::Default, &all[..1]), Some(0));
        assert_eq!(choose(&Selector::Default, &[]), None);
    }
}
