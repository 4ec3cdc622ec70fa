//! Spins a tube of blood with two kinds of cells through the library and prints where they are.
//!
//! `cargo run --release --example spin_blood`

use buffycoat::chamber::{Chamber, tube::Tube};
use buffycoat::constants::{MILLIMETRE, SECOND, STANDARD_GRAVITY};
use buffycoat::cpu::Cpu;
use buffycoat::engine::{Event, Physics, Sampling, Setup, Stepping, run};
use buffycoat::model::{
    Amount, CellClass, Component, Fluid, Mounting, Parcels, Protocol, Rotor, Species, Status,
};
use std::ops::ControlFlow;

fn species(name: &str, class: CellClass, diameter: f64, sd: f64, density: f64, dsd: f64) -> Species {
    Species {
        name: name.into(),
        class,
        diameter,
        diameter_sd: sd,
        density,
        density_sd: dsd,
        correlation: 0.0,
        drag_factor: 1.0,
        packing_limit: 0.94,
        aggregation: 1.0,
        colour: [200, 30, 30],
        source: "example".into(),
        status: Status::Unverified,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let n: usize = std::env::args().nth(1).map_or(Ok(50_000), |s| s.parse())?;
    let radius = 170.0 * MILLIMETRE;
    let omega = (1500.0 * STANDARD_GRAVITY / radius).sqrt();
    let per_microlitre = 1e-9;
    let cell = |s, amount, aggregation, parcels| Component {
        species: s,
        amount,
        parcels,
        aggregation,
    };
    let setup = Setup {
        seed: 7,
        fluid: Fluid {
            density: 1.026,
            viscosity: 1.24,
        },
        components: vec![
            cell(
                species("erythrocyte", CellClass::Erythrocyte, 5.56, 0.25, 1.096, 0.005),
                Amount::VolumeFraction(0.42),
                12.0,
                n / 2,
            ),
            cell(
                species("platelet", CellClass::Platelet, 2.32, 0.35, 1.068, 0.004),
                Amount::Concentration(250_000.0 * per_microlitre),
                1.0,
                n / 8,
            ),
            cell(
                species("lymphocyte", CellClass::Leukocyte, 7.33, 0.55, 1.070, 0.004),
                Amount::Concentration(2000.0 * per_microlitre),
                1.0,
                n / 8,
            ),
            cell(
                species("monocyte", CellClass::Leukocyte, 9.0, 0.8, 1.067, 0.004),
                Amount::Concentration(450.0 * per_microlitre),
                1.0,
                n / 8,
            ),
            cell(
                species("neutrophil", CellClass::Leukocyte, 8.6, 0.5, 1.086, 0.004),
                Amount::Concentration(4200.0 * per_microlitre),
                1.0,
                n / 8,
            ),
        ],
        chamber: Chamber::Tube(Tube {
            radius: 7.0 * MILLIMETRE,
            height: 65.0 * MILLIMETRE,
        }),
        layers: std::env::var("L").map_or(260, |b| b.parse().unwrap()),
        rotor: Rotor {
            mounting: Mounting::SwingOut,
            meniscus_radius: radius - 65.0 * MILLIMETRE,
            bottom_radius: radius,
        },
        protocol: Protocol::new(0.0)
            .ramp(omega, 30.0 * SECOND)
            .hold(720.0 * SECOND)
            .ramp(0.0, 60.0 * SECOND),
        physics: Physics::default(),
        sampling: Sampling {
            every: 2.0 * SECOND,
            bins: 260,
        },
        stepping: Stepping {
            courant: std::env::var("C").map_or(0.4, |b| b.parse().unwrap()),
            ..Stepping::default()
        },
    };
    let parcels = Parcels::draw(
        &setup.components,
        setup.fluid,
        &setup.chamber,
        &setup.grid(),
        setup.seed,
    )?;
    let mut cpu = Cpu::new(&setup, &parcels, 0)?;
    let outcome = run(&setup, &parcels, &mut cpu, &mut |event| {
        if let Event::Warning(w) = event {
            println!("warning: {w}");
        }
        ControlFlow::Continue(())
    })?;
    let p = &outcome.profile;
    println!(
        "{} in {:.1} s, {} steps, {} bounded, fullest {:.4}",
        outcome.device,
        outcome.wall.as_secs_f64(),
        outcome.steps,
        outcome.bounded,
        outcome.greatest_fraction
    );
    println!(
        "depth mm  {}",
        setup
            .components
            .iter()
            .map(|c| format!("{:>12}", c.species.name))
            .collect::<String>()
    );
    for b in (0..p.bins()).filter(|b| b % 10 == 5 || (125..150).contains(b)) {
        let row: String = (0..5).map(|k| format!("{:12.6}", p.fraction(k, b))).collect();
        println!("{:8.2}  {row}", 0.5 * (p.edges[b] + p.edges[b + 1]) / MILLIMETRE);
    }
    Ok(())
}
