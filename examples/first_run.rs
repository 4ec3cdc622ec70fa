//! Reads a scene, runs it on the CPU and prints its layers.
//!
//! `cargo run --release --example first_run`
#![expect(clippy::print_stdout, reason = "that is what this program is for")]

use buffycoat::cpu::Cpu;
use buffycoat::engine::{self, Program};
use buffycoat::observe::{Layers, Specimen};
use buffycoat::scenario::Scene;
use std::ops::ControlFlow;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // or Scene::from_file("mine.toml")?
    let mut scene = Scene::bundled()?;
    scene.rescale(20_000); // parcels; the bundled scene has 500 000
    let setup = &scene.setup;
    let parcels = setup.draw()?;
    let program = Program::new(setup, &parcels, None)?;
    let mut cpu = Cpu::new(&program, 0)?; // 0: all cores

    // the closure sees every event of the run, and may stop it
    let outcome = engine::run(setup, &parcels, &mut cpu, &mut |_event| ControlFlow::Continue(()))?;

    let specimen = Specimen::of(setup, true); // true: the fluid is plasma
    for layer in &Layers::find(&outcome.profile, &specimen, None).layers {
        println!(
            "{:<11}{:6.2} to {:5.2} mm {:6.2} mL",
            layer.kind.name(),
            layer.top_mm(),
            layer.bottom_mm(),
            layer.volume_ml()
        );
    }
    Ok(())
}
