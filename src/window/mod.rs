//! The interactive window: the pictures of `render::photo` while the run goes on, and the controls that steer it.

mod app;
mod clip;
mod reading;
mod run;
mod sim;

pub use sim::{Origin, Work};

use crate::Error;
use crate::devices::Decision;
use crate::render::Caption;
use eframe::egui;

/// Opens the window and returns when it is closed.
///
/// # Errors
/// [`Error::Device`] where there is no display, or no graphics adapter to draw on it.
pub fn open(work: Work, decision: Decision, caption: Caption, name: &str) -> Result<(), Error> {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(format!("buffycoat: {}", caption.title))
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([880.0, 480.0]),
        ..Default::default()
    };
    let name = name.to_owned();
    eframe::run_native(
        "buffycoat",
        options,
        Box::new(move |context| {
            app::App::new(&context.egui_ctx, work, decision, caption, name)
                .map(|app| Box::new(app) as Box<dyn eframe::App>)
                .map_err(|e| Box::new(e) as Box<dyn std::error::Error + Send + Sync>)
        }),
    )
    .map_err(|e| {
        Error::Device(format!(
            "the window could not be opened: {}",
            no_source(&e.to_string())
        ))
    })
}

/// What a library says, without the place in its source: "os error at FILE.rs:765: why" is "os error: why".
fn no_source(said: &str) -> String {
    let place = said.split_once(" at ").and_then(|(before, rest)| {
        let (_, behind) = rest.split_once(".rs:")?;
        Some((
            before,
            behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':'),
        ))
    });
    match place {
        Some((before, why)) => format!("{before}:{why}"),
        None => said.to_owned(),
    }
}

/// What became of a file that a person wanted saved, and what to do about it.
fn unsaved(e: &Error) -> String {
    match e.of_room() {
        Some(advice) => format!("{e}; {advice}, and save it again"),
        None => e.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::no_source;

    #[test]
    fn no_place_in_a_source_is_told() {
        for said in [
            "winit EventLoopError: os error at /a/registry/src/winit-0.30.13/src/linux/mod.rs:765: no DISPLAY",
            "winit EventLoopError: os error at C:\\a b\\winit\\mod.rs:76:5: no DISPLAY",
        ] {
            assert_eq!(no_source(said), "winit EventLoopError: os error: no DISPLAY");
        }
        assert_eq!(no_source("no DISPLAY at all: why"), "no DISPLAY at all: why");
    }
}
