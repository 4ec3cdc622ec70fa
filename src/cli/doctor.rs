//! `buffycoat doctor` and `--list-devices`: what there is, and which back-end `auto` picks.

use super::failure::Failure;
use super::print;
use super::text::wrap;
use buffycoat::devices::{self, Choice, Executor};
use buffycoat::{cpu, memory};
use std::fmt::Write;

/// Devices and the choice.
pub fn devices() -> Result<(), Failure> {
    print(&text()?)
}

/// The machine, devices and the choice.
pub fn doctor() -> Result<(), Failure> {
    let mut out = format!("buffycoat {}\n", env!("CARGO_PKG_VERSION"));
    if let (Some(free), Some(total)) = (memory::available(), memory::total()) {
        let _ = writeln!(
            out,
            "memory      {} free of {}: room for {} million parcels on the CPU",
            memory::show(free),
            memory::show(total),
            memory::most(memory::CPU_BYTES_PER_PARCEL, free, 0) / 1_000_000
        );
    }
    out.push_str(&text()?);
    print(&out)
}

fn text() -> Result<String, Failure> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut out = format!("processor   {}\n", cpu::device(threads));
    match devices::adapters() {
        None => out.push_str("graphics    this build has no GPU back-end (feature `gpu`)\n"),
        Some(list) if list.is_empty() => {
            out.push_str(
                "graphics    no adapter was found; a GPU needs its Vulkan, Metal or DirectX 12 driver\n",
            );
        }
        Some(list) => {
            for (i, a) in list.iter().enumerate() {
                let head = if i == 0 { "graphics    " } else { "            " };
                out.push_str(&wrap(head, &format!("{}: {} ({})", a.index, a.name, a.details)));
            }
        }
    }
    let decision = Choice::default().decide()?;
    let pick = match &decision.executor {
        Executor::Cpu => "the CPU".to_owned(),
        Executor::Gpu(device) => format!("graphics adapter {}", device.as_deref().unwrap_or("0")),
    };
    out.push_str(&wrap("auto picks  ", &format!("{pick}: {}", decision.why)));
    Ok(out)
}
