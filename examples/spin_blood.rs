//! Spins a tube of whole blood through the library, without a scene file, and prints the layers.
//!
//! `cargo run --release --example spin_blood -- 100000` (the number of parcels; 50 000 if left out)
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "that is what this program is for"
)]

use buffycoat::chamber::{Chamber, tube::Tube};
use buffycoat::constants::{MICROLITRE, MILLIMETRE, SECOND, STANDARD_GRAVITY};
use buffycoat::engine::{Event, Program, Sampling, Setup, run};
use buffycoat::model::{Amount, Component, Mounting, Protocol, Rotor};
use buffycoat::observe::{Contents, Layers, Specimen};
use buffycoat::times::Time;
use buffycoat::{cpu::Cpu, library};
use std::ops::ControlFlow;
use std::process::ExitCode;

fn main() -> ExitCode {
    match spin() {
        Ok(()) => ExitCode::SUCCESS,
        // as people read it, not as `main` would print it by itself
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn spin() -> Result<(), Box<dyn std::error::Error>> {
    let n: usize = match std::env::args().nth(1) {
        None => 50_000,
        Some(s) => match s.parse() {
            Ok(n) if n >= 8 => n,
            _ => {
                return Err(format!("`{s}` is no number of parcels; a whole number from 8 is needed").into());
            }
        },
    };
    let plasma = library::medium("plasma", 22.0)?;
    let cells = |name: &str, amount: Amount, parcels: usize| {
        library::species(name, plasma.aggregation.as_deref())
            .map(|species| Component::new(species, amount, parcels))
    };
    let per_microlitre = |count: f64| Amount::Concentration(count / MICROLITRE);
    let bottom = 170.0 * MILLIMETRE;
    let height = 65.0 * MILLIMETRE;
    let full_speed = (1500.0 * STANDARD_GRAVITY / bottom).sqrt();
    let chamber = Chamber::Tube(Tube {
        radius: 7.0 * MILLIMETRE,
        height,
    });
    let setup = Setup {
        seed: 7,
        components: vec![
            cells("erythrocyte", Amount::VolumeFraction(0.42), n / 2)?,
            cells("lymphocyte", per_microlitre(2000.0), n / 8)?,
            cells("monocyte", per_microlitre(450.0), n / 8)?,
            cells("neutrophil", per_microlitre(4200.0), n / 8)?,
            cells("platelet", per_microlitre(250_000.0), n / 8)?,
        ],
        cells: [1, 1, 260],
        rotor: Rotor {
            mounting: Mounting::SwingOut,
            meniscus_radius: bottom - height,
            bottom_radius: bottom,
        },
        protocol: Protocol::new(0.0)
            .ramp(full_speed, 30.0 * SECOND)
            .hold(720.0 * SECOND)
            .ramp(0.0, 60.0 * SECOND),
        sampling: Sampling {
            every: Time::seconds(60.0),
            bins: 260,
        },
        ..Setup::new(chamber, plasma.fluid)
    };
    let parcels = setup.draw()?;
    let mut cpu = Cpu::new(&Program::new(&setup, &parcels, None)?, 0)?;
    let outcome = run(&setup, &parcels, &mut cpu, &mut |event| {
        if let Event::Warning(text) = event {
            println!("warning: {text}");
        }
        ControlFlow::Continue(())
    })?;
    let specimen = Specimen::of(&setup, true);
    let layers = Layers::find(&outcome.profile, &specimen, None);
    println!(
        "{:<12}{:>10}{:>10}{:>10}   recovery %",
        "layer", "from mm", "to mm", "mL"
    );
    for content in &Contents::of(&outcome.profile, &specimen, &layers).layers {
        let layer = &content.layer;
        let (name, top, bottom) = (layer.kind.name(), layer.top_mm(), layer.bottom_mm());
        print!("{name:<12}{top:>10.2}{bottom:>10.2}{:>10.3}  ", layer.volume_ml());
        for share in &content.shares {
            let species = &setup.components[share.component].species.name;
            print!(" {species} {:.1}", 100.0 * share.recovery);
        }
        println!();
    }
    println!(
        "{} steps in {:.1} s on {}",
        outcome.steps,
        outcome.wall.as_secs_f64(),
        outcome.device
    );
    Ok(())
}
