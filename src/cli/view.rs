//! `buffycoat view`: the interactive window.

use super::failure::Failure;
use super::options::{DeviceOptions, SceneOptions};
use super::say;
use buffycoat::render::Caption;
use buffycoat::scenario::AnyScene;
use buffycoat::units::counted;
use buffycoat::window::{self, Work};
use clap::Args;

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    scene: SceneOptions,
    #[command(flatten)]
    device: DeviceOptions,
}

pub fn view(options: &Options) -> Result<(), Failure> {
    let decision = options.device.choice().decide()?;
    let mut outlets = Vec::new();
    let (work, title, name, parcels) = match options.scene.load()? {
        AnyScene::Vessel(scene) => {
            let parcels = scene.setup.parcels();
            (
                Work::Vessel(Box::new(scene.setup)),
                scene.title,
                scene.name,
                parcels,
            )
        }
        AnyScene::Separator(mut scene) => {
            let field = scene.tabulate()?;
            if scene.collector.is_some() {
                let pilot = decision.pilot()?;
                scene.survey(&mut |collector, starts| pilot.fly(collector, starts))?;
            }
            let parcels = scene.separator.parcels();
            let work = Work::Duct(Box::new(scene.separator), field);
            outlets = scene.outlets;
            (work, scene.title, scene.name, parcels)
        }
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
    window::open(work, decision, caption, &name).inspect_err(|_| {
        say(&format!(
            "without a display `buffycoat render {name}` takes pictures, and `--movie a.gif` makes a movie"
        ));
    })?;
    Ok(())
}
