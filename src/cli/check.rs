//! `buffycoat check`: is the scene right, and what follows from it.

use super::failure::{Failure, colour};
use super::options::{DeviceOptions, SceneOptions};
use super::prepare::prepare;
use super::progress::preparing;
use super::text::wrap;
use super::{print, say, say_in_colour, trial};
use buffycoat::memory;
use clap::Args;

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    scene: SceneOptions,
    #[command(flatten)]
    device: DeviceOptions,
}

pub fn check(options: &Options) -> Result<(), Failure> {
    let mut scene = options.scene.load()?;
    let warnings = scene.render_warnings(colour());
    if !warnings.is_empty() {
        say_in_colour(&warnings);
    }
    if scene.setup.channel.is_some() {
        options.device.threads_alone()?;
        let prospect = scene.prospect(None)?;
        let mut out = format!(
            "{}\n{}, {}\n\n{}\n",
            scene.title, scene.path, scene.medium, prospect.text
        );
        for note in scene.notes.iter().chain(&scene.caveats(None)) {
            out.push_str(&wrap("note: ", note));
        }
        return print(&out);
    }
    let mut decision = options.device.choice().decide()?;
    let field = prepare(&mut scene, &decision, &preparing)?;
    let wait = preparing("estimating what the scene will do");
    let prospect = scene.prospect(field.as_ref())?;
    drop(wait);
    for warning in &prospect.warnings {
        say(&format!("warning: {warning}"));
    }
    let mut out = format!(
        "{}\n{}, {}\n\n{}\n",
        scene.title, scene.path, scene.medium, prospect.text
    );
    // a trial takes a part of the parcels; if all of them do not fit, that is to be known first
    if let Err(e) = decision.check_memory(&scene.setup) {
        print(&out)?;
        return Err(e.into());
    }
    let free = memory::available().map_or_else(String::new, |b| format!(" of {} free", memory::show(b)));
    let trial = trial::estimate(&scene, &mut decision, field.as_ref())?;
    let need = memory::show(decision.need(&scene.setup).bytes());
    out.push_str(&wrap("", &format!("{trial}; memory on the host {need}{free}")));
    let caveats = scene.caveats(field.as_ref());
    for note in scene
        .notes
        .iter()
        .filter(|n| !caveats.contains(n))
        .chain(&caveats)
    {
        out.push_str(&wrap("note: ", note));
    }
    print(&out)?;
    Ok(())
}
