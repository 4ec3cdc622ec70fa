//! Cells that slide along a wall go as fast as the fluid a radius off it, however hard they are pressed against it.

use buffycoat::cpu::Cpu;
use buffycoat::engine::{self, Program};
use buffycoat::kernels::passage::OUT;
use buffycoat::scenario::Scene;
use std::ops::ControlFlow;

/// Heavy grains on the floor of a channel, in the flow between two plates.
const SCENE: &str = r##"
schema   = 1
title    = "Grains that slide along the floor"
seed     = 3
duration = "40 s"

[sample]
medium      = "saline"
temperature = "22 degC"
parcels     = 400
cells       = { grain = "100 /uL" }

[species.grain]
source      = "none: made up for a test"
class       = "particle"
diameter    = "20 um"
diameter_sd = "1 um"
density     = "4000 kg/m3"
density_sd  = "1 kg/m3"
drag_factor = 1.0
colour      = "#888888"

[duct]
shape   = "channel"
width   = "2 mm"
height  = "0.2 mm"
length  = "30 mm"
axis    = "horizontal"
gravity = "-y"

[flow]
rate    = "2 mL/min"
profile = "plates"

[feed]
over  = "1 s"
share = ["0 %", "0.01 %"]
"##;

/// By hand: between plates v = 6 U s (1 - s), s = r/H, so each is on its way for L/v: 30 mm over 83.3 mm/s * 6 * 0.05 * 0.95 are 1.26 s
/// for one of 20 um. That all of the strip begins on the floor is s0 = 0.6 %, 1.2 um, by 3 s0^2 = 0.01 %. The nodes of the flow stand
/// so close that a line between two is off by less than 1e-3 there.
#[test]
fn grains_slide_with_the_fluid_a_radius_off_the_floor() {
    let scene = Scene::from_str("slide.toml", SCENE).unwrap();
    let s = &scene.setup;
    let charge = s.draw().unwrap();
    let job = Program::new(s, &charge, None).unwrap();
    let mut cpu = Cpu::new(&job, 2).unwrap();
    let end = engine::run(s, &charge, &mut cpu, &mut |_| ControlFlow::Continue(())).unwrap();
    let (height, length) = (200.0, 30e3);
    let mean = s.rate() / (2000.0 * height);
    let mut worst: f64 = 0.0;
    for (i, [enter, left]) in end.fates.clock.iter().enumerate() {
        assert!(end.fates.fate[i] >= OUT, "grain {i} is not out");
        let share = 0.5 * (18.0 * f64::from(charge.mobility[i])).sqrt() / height;
        let expected = length / (6.0 * mean * share * (1.0 - share));
        worst = worst.max((f64::from(left - enter) / expected - 1.0).abs());
    }
    assert!(
        worst < 2e-3,
        "on its way {worst:.2e} longer or shorter than by hand"
    );
}
