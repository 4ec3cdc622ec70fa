use super::*;
use crate::cpu::Cpu;
use crate::engine::{Backend, Job};
use crate::scenario::Scene;

fn look(view: View, colouring: Colouring) -> Look {
    Look {
        view,
        colouring,
        size: [480, 400],
        hidden: Vec::new(),
        magnets: true,
        zoom: 1.0,
        pan: [0.0; 2],
    }
}

/// A tube as drawn: every view shows it, the cells are within its shape and the paper around it is white.
#[test]
fn every_view_shows_the_tube() {
    let mut scene = Scene::bundled().unwrap();
    scene.rescale(20_000);
    let setup = &scene.setup;
    let parcels = setup.draw().unwrap();
    let mut cpu = Cpu::take(
        &Job::Vessel {
            setup,
            parcels: &parcels,
        },
        1,
    )
    .unwrap();
    for view in ["side", "top", "along", "cut", "unrolled", "orbit:30,20"] {
        for colouring in [Colouring::Species, Colouring::Density, Colouring::Haematocrit] {
            let photo = Photo::new(Subject::Vessel(setup), look(view.parse().unwrap(), colouring)).unwrap();
            let image = cpu.picture(&photo.plate).unwrap();
            let lit = |(image, behind): (&u32, &[f32; 4])| {
                let [r, g, b, _] = image.to_le_bytes();
                behind[0] < 0.1 && u32::from(r) + u32::from(g) + u32::from(b) > 150
            };
            let dark = photo.plate.behind.iter().filter(|b| b[0] < 0.1).count();
            let lit = image
                .iter()
                .zip(photo.plate.behind.iter())
                .filter(|p| lit(*p))
                .count();
            // two thirds opaque, as a sample is drawn evenly; a cut has an eighth of the parcels, and pixels without any
            let least = if view == "cut" { 0.3 } else { 0.5 };
            assert!(
                lit as f64 > least * dark as f64,
                "{view} {colouring:?}: {lit} of {dark}"
            );
            assert!(dark > 2_000, "{view}: {dark}");
            // nothing on the paper
            assert_eq!(image[0], u32::MAX, "{view}");
        }
    }
}

#[test]
fn what_cannot_be_shown_is_said() {
    let scene = Scene::bundled().unwrap();
    let subject = Subject::Vessel(&scene.setup);
    let mut small = look(View::Side, Colouring::Species);
    small.size = [100, 400];
    assert!(
        Photo::new(subject, small)
            .unwrap_err()
            .to_string()
            .contains("320")
    );
}
