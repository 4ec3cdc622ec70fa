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
    .map_err(|e| Error::Device(format!("the window could not be opened: {e}")))
}

/// What became of a file that a person wanted saved, and what to do about it.
fn unsaved(e: &Error) -> String {
    match e.of_room() {
        Some(advice) => format!("{e}; {advice}, and save it again"),
        None => e.to_string(),
    }
}
