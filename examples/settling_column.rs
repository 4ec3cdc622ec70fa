//! A column of equal cells settling on the bench, beside the front speed that Kynch's theory gives exactly.
//!
//! `cargo run --release --example settling_column`
#![expect(clippy::print_stdout, reason = "that is what this program is for")]

use buffycoat::chamber::{Chamber, tube::Tube};
use buffycoat::constants::{MILLIMETRE, SECOND, STANDARD_GRAVITY};
use buffycoat::engine::{Event, Program, Sampling, Setup, Stepping, run};
use buffycoat::model::{Amount, Component, Protocol};
use buffycoat::times::Time;
use buffycoat::{cpu::Cpu, library, observe::interface};
use std::ops::ControlFlow;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fluid = library::medium("saline", 22.0)?.fluid;
    let mut cell = library::species("erythrocyte", Some("saline"))?;
    (cell.diameter_sd, cell.density_sd) = (0.0, 0.0);
    let stokes = cell.diameter.powi(2) * (cell.density - fluid.density) * STANDARD_GRAVITY
        / (18.0 * cell.drag_factor * fluid.viscosity);
    let chamber = Chamber::Tube(Tube {
        radius: 5.0 * MILLIMETRE,
        height: 100.0 * MILLIMETRE,
    });
    let setup = Setup {
        components: vec![Component::new(cell, Amount::VolumeFraction(0.10), 40_000)],
        cells: [1, 1, 400],
        protocol: Protocol::new(0.0).hold(10.0 * 3600.0 * SECOND),
        sampling: Sampling {
            every: Time::seconds(3600.0),
            bins: 400,
        },
        stepping: Stepping {
            longest: 60.0 * SECOND,
            ..Stepping::default()
        },
        ..Setup::new(chamber, fluid)
    };
    let parcels = setup.draw()?;
    let speed = stokes * (1.0 - 0.10_f64).powf(setup.physics.exponent);
    println!("time h   front mm   exact mm");
    run(
        &setup,
        &parcels,
        &mut Cpu::new(&Program::new(&setup, &parcels, None)?, 0)?,
        &mut |event| {
            if let Event::Profile(p) = event {
                let front = interface::shock(p, None).unwrap_or(0.0);
                let hours = p.time / SECOND / 3600.0;
                println!(
                    "{hours:6.1} {:10.2} {:10.2}",
                    front / MILLIMETRE,
                    speed * p.time / MILLIMETRE
                );
            }
            ControlFlow::Continue(())
        },
    )?;
    Ok(())
}
