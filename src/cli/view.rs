//! `buffycoat view`: the interactive window.

use super::failure::Failure;
use super::options::{DeviceOptions, SceneOptions};
use super::prepare::prepare;
use super::progress::preparing;
use buffycoat::Error;
use buffycoat::render::Caption;
use buffycoat::units::counted;
use buffycoat::window::{self, Origin, Work};
use clap::Args;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    scene: SceneOptions,
    #[command(flatten)]
    device: DeviceOptions,
}

pub fn view(options: &Options) -> Result<(), Failure> {
    let decision = options.device.choice().decide()?;
    let given = options
        .scene
        .scene
        .as_ref()
        .map_or("whole_blood".into(), |path| path.to_string_lossy());
    let mut scene = options.scene.load()?;
    let table = prepare(&mut scene, &decision, &preparing)?;
    let (title, name, parcels) = (scene.title, scene.name, scene.setup.parcels());
    let outlets = scene.outlets.clone();
    let work = Work {
        setup: Box::new(scene.setup),
        table,
        origin: Origin {
            plasma: scene.makeup.has_plasma(),
            text: scene.text,
            path: scene.path,
            outlets: scene.outlets,
        },
    };
    let caption = Caption {
        outlets,
        footer: format!(
            "buffycoat {}  \u{b7}  {name}  \u{b7}  {}",
            env!("CARGO_PKG_VERSION"),
            counted(parcels, "parcel")
        ),
        title,
    };
    while_the_display_lasts(|| {
        window::open(work, decision, caption, &name).map_err(|e| match e {
            Error::Device(why) => Error::Device(format!(
                "{why}; without a display `buffycoat render {given}` takes pictures, and `--movie a.gif` makes a movie"
            )),
            e => e,
        })
    })?;
    Ok(())
}

/// Opens the window. The libraries that draw it panic where the display closes it or goes away: that is no defect of this program, and
/// said as what it is. Any other panic goes its way.
///
/// # Errors
/// As `open`; [`Error::Device`] where the window was closed from outside.
fn while_the_display_lasts(open: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    let usual = Arc::new(take_hook());
    let said = Arc::new(Mutex::new(false));
    let (hook, kept) = (Arc::clone(&usual), Arc::clone(&said));
    set_hook(Box::new(move |info| {
        if info.location().is_some_and(|l| of_the_display(l.file())) {
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = true;
        } else {
            hook(info);
        }
    }));
    let result = catch_unwind(AssertUnwindSafe(open));
    drop(take_hook());
    set_hook(Box::new(move |info| usual(info)));
    let gone = *said.lock().unwrap_or_else(PoisonError::into_inner);
    match result {
        Ok(result) => result,
        Err(_) if gone => Err(Error::Device(
            "the window is gone: it was closed from outside, or its display went away".into(),
        )),
        Err(payload) => resume_unwind(payload),
    }
}

/// Whether a source file is of the libraries that talk to the display.
fn of_the_display(file: &str) -> bool {
    let of = |part: &str| {
        ["winit", "egui-winit", "eframe", "x11"]
            .iter()
            .any(|name| part.starts_with(name))
    };
    file.split(['/', '\\']).any(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_panic_it_is() {
        assert!(of_the_display(
            "/registry/src/winit-0.30.13/src/platform_impl/linux/x11/window.rs"
        ));
        assert!(of_the_display("C:\\registry\\egui-winit-0.37.0\\src\\lib.rs"));
        for own in [
            "src/window/run.rs",
            "src/cli/view.rs",
            "/registry/src/wgpu-30.0/src/lib.rs",
        ] {
            assert!(!of_the_display(own), "{own}");
        }
    }
}
