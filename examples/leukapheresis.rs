//! A separation channel through the library, without a scene file: blood flows in, a thin stream at the interface goes into the bag, and the
//! program prints what the bag gets of each species at three depths of the interface.
//!
//! `cargo run --release --example leukapheresis -- 12` (the columns along the channel; 24 if left out)
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "that is what this program is for"
)]

use buffycoat::constants::{MICROLITRE, MILLILITRE, MILLIMETRE, SECOND, STANDARD_GRAVITY};
use buffycoat::continuum::{Channel, ChannelRun, Controller, Draw, Numerics, Phase, Port, Settling};
use buffycoat::library;
use buffycoat::model::{Amount, Component};
use std::ops::ControlFlow;
use std::process::ExitCode;

/// One mL/min [um3/us].
const ML_PER_MIN: f64 = MILLILITRE / (60.0 * SECOND);

fn main() -> ExitCode {
    match collect() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn collect() -> Result<(), Box<dyn std::error::Error>> {
    let columns = match std::env::args().nth(1) {
        None => 24,
        Some(s) => s.parse().map_err(|_| format!("`{s}` is no number of columns"))?,
    };
    println!(
        "interface [mm]  lymphocytes [%]  monocytes [%]  neutrophils [%]  platelets [%]  haematocrit [%]"
    );
    for depth in [3.0, 3.2, 3.4] {
        let mut run = ChannelRun::new(channel(columns, depth)?)?.with_bed(depth * MILLIMETRE, 0.8);
        let stages = run.run(10.0 * SECOND, &mut |_, _| ControlFlow::Continue(()))?;
        // the last fifth of the collection, in which the channel is steady
        let bag = &stages[0].late.ports[1];
        let share = |k: usize| 100.0 * bag.species[k].share.unwrap_or(0.0);
        println!(
            "{depth:>14}  {:>15.1}  {:>13.1}  {:>15.1}  {:>13.1}  {:>15.2}",
            share(1),
            share(2),
            share(3),
            share(4),
            100.0 * bag.haematocrit
        );
    }
    Ok(())
}

/// A channel of half a metre at 100 x g, through which 45 mL/min of blood flow, with its interface held at a depth [mm].
fn channel(columns: usize, depth: f64) -> Result<Channel, Box<dyn std::error::Error>> {
    let plasma = library::medium("plasma", 37.0)?;
    let anticoagulated = 12.0 / 13.0;
    let cells = |name: &str, amount: Amount| {
        library::species(name, plasma.aggregation.as_deref())
            .map(|species| Component::new(species, amount, 1))
    };
    let per_microlitre = |count: f64| Amount::Concentration(count * anticoagulated / MICROLITRE);
    let components = vec![
        cells("erythrocyte", Amount::VolumeFraction(0.40 * anticoagulated))?,
        cells("lymphocyte", per_microlitre(2000.0))?,
        cells("monocyte", per_microlitre(450.0))?,
        cells("neutrophil", per_microlitre(4200.0))?,
        cells("platelet", per_microlitre(250_000.0))?,
    ];
    let (radius, size) = (120.0 * MILLIMETRE, [500.0, 7.0, 30.0].map(|x| x * MILLIMETRE));
    let port = |name: &str, along: [f64; 2], depth: [f64; 2]| Port {
        name: name.into(),
        along: along.map(|x| x * MILLIMETRE),
        depth: depth.map(|x| x * MILLIMETRE),
    };
    let ports = vec![
        port("plasma", [380.0, 420.0], [0.0, 1.0]),
        port("collect", [460.0, 500.0], [2.5, 3.5]),
        port("red cells", [460.0, 500.0], [5.5, 7.0]),
    ];
    let usual = Channel::usual(size, radius, components, Settling::usual(plasma.fluid), ports)?;
    Ok(Channel {
        phases: vec![Phase {
            name: "collect".into(),
            duration: 600.0 * SECOND,
            omega: (100.0 * STANDARD_GRAVITY / (radius + 0.5 * size[1])).sqrt(),
            feed: vec![45.0 * ML_PER_MIN],
            draw: vec![Draw::Rest, Draw::Rate(ML_PER_MIN), Draw::Rate(20.0 * ML_PER_MIN)],
            control: Some((
                2,
                Controller {
                    depth: depth * MILLIMETRE,
                    time: 60.0 * SECOND,
                },
            )),
        }],
        numerics: Numerics {
            columns,
            ..Numerics::default()
        },
        ..usual
    })
}
