//! The channel at work: bounds, balance, phases, what is refused and what is told of. Exact answers are cases of `validate`.

mod operation;

use super::*;
use crate::constants::{MILLILITRE, SECOND, STANDARD_GRAVITY};
use crate::model::{Amount, CellClass, Component, Fluid, Species, Status};

/// um3/us in 1 mL/min.
const ML_PER_MIN: f64 = MILLILITRE / (60.0 * SECOND);

/// Plasma at body temperature.
const PLASMA: Fluid = Fluid {
    density: 1.026,
    viscosity: 1.24,
};

/// Red cells of one size, in rouleaux of a mobility of twelve cells.
fn red_cells(fraction: f64) -> Component {
    let species = Species {
        name: "erythrocyte".into(),
        class: CellClass::Erythrocyte,
        diameter: 5.56,
        diameter_sd: 0.0,
        density: 1.096,
        density_sd: 0.0,
        correlation: 0.0,
        drag_factor: 1.1,
        packing_limit: 0.94,
        aggregation: 12.0,
        colour: [0; 3],
        source: String::new(),
        status: Status::Derived,
    };
    Component::new(species, Amount::VolumeFraction(fraction), 1)
}

/// A channel of 0.5 m, 7 mm deep and 30 mm wide, whose walls are planes, with red cells alone, whose ports are as long as a twelfth of it.
fn channel(columns: usize, levels: usize, fraction: f64) -> Channel {
    let [length, depth, width] = [500e3, 7e3, 30e3];
    let end = [length * 11.0 / 12.0, length];
    let port = |name: &str, depth| Port {
        name: name.into(),
        along: end,
        depth,
    };
    let ports = vec![
        port("plasma", [0.0, 1e3]),
        port("collect", [2.5e3, 3.5e3]),
        port("red cells", [5.5e3, depth]),
    ];
    let settling = Settling {
        mixing_length: 0.0,
        fastest: 0.51,
        ..Settling::usual(PLASMA)
    };
    let size = [length, depth, width];
    Channel {
        walls: Walls::Plane,
        viscosity: Viscosity::Spheres,
        inlets: vec![Inlet {
            along: [0.0, length / columns as f64],
            spread: 500.0,
        }],
        numerics: Numerics {
            columns,
            levels,
            ..Numerics::default()
        },
        ..Channel::usual(size, 120e3, vec![red_cells(fraction)], settling, ports).unwrap()
    }
}

/// A phase at so many g at half depth: so much comes in, the red-cell pump draws so much [mL/min], and the interface is held with a time constant
/// [s] at a depth [um], or not.
fn phase(g: f64, inlet: f64, red: f64, hold: Option<(f64, f64)>) -> Phase {
    Phase {
        name: "collect".into(),
        duration: 600.0 * SECOND,
        omega: (g * STANDARD_GRAVITY / 123.5e3).sqrt(),
        feed: vec![inlet * ML_PER_MIN],
        draw: vec![Draw::Rest, Draw::Rate(0.0), Draw::Rate(red * ML_PER_MIN)],
        control: hold.map(|(depth, time)| {
            let controller = Controller {
                depth,
                time: time * SECOND,
            };
            (2, controller)
        }),
    }
}

/// Red cells of a donor's haematocrit, in blood with an anticoagulant at 1 : 12.
fn anticoagulated(haematocrit: f64) -> f64 {
    haematocrit * 12.0 / 13.0
}

/// Runs for so many seconds; what happened meanwhile.
fn watch(run: &mut ChannelRun, phase: &Phase, seconds: f64) -> Findings {
    let before = run.ledger().clone();
    run.advance(phase, seconds * SECOND).unwrap();
    Findings::between(run.channel(), &before, run.ledger())
}
