use super::*;
use crate::cpu::Cpu;
use crate::engine::{Program, Readings};
use crate::fixed;
use crate::scenario::Scene;
use std::f64::consts::TAU;

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
    let mut cpu = Cpu::new(&Program::new(setup, &parcels, None).unwrap(), 1).unwrap();
    for view in ["side", "top", "along", "cut", "unrolled", "orbit:30,20"] {
        for colouring in [Colouring::Species, Colouring::Density, Colouring::Haematocrit] {
            let photo = Photo::new(Subject(setup), look(view.parse().unwrap(), colouring)).unwrap();
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
    let subject = Subject(&scene.setup);
    let mut small = look(View::Side, Colouring::Species);
    small.size = [100, 400];
    assert!(
        Photo::new(subject, small)
            .unwrap_err()
            .to_string()
            .contains("320")
    );
}

/// The power of a square of a picture by spatial frequency: the greatest over the median of all that are about as fine (a blur takes
/// as much from each of those). Noise of some hundred frequencies has about ln(n)/ln 2, 8, at most, and up to 31 (measured) where the blur takes much from one and little from the next.
fn peak(image: &[u32], width: usize, middle: [usize; 2]) -> f64 {
    const SIDE: usize = 64;
    const RING: usize = 4;
    let light: Vec<f64> = (0..SIDE * SIDE)
        .map(|i| {
            let (x, y) = (middle[0] - SIDE / 2 + i % SIDE, middle[1] - SIDE / 2 + i / SIDE);
            let [r, g, b, _] = image[y * width + x].to_le_bytes();
            // a window, so that edges are no frequencies
            let fade = |i: usize| 1.0 - (TAU * (i as f64 + 0.5) / SIDE as f64).cos();
            (f64::from(r) + f64::from(g) + f64::from(b)) * fade(i % SIDE) * fade(i / SIDE)
        })
        .collect();
    let mean = light.iter().sum::<f64>() / light.len() as f64;
    let turns: Vec<[f64; 2]> = (0..SIDE)
        .map(|k| (TAU * k as f64 / SIDE as f64).sin_cos().into())
        .collect();
    let turn = |k: usize, i: usize| turns[k * i % SIDE];
    // rows first, then columns of their transforms
    let rows: Vec<[f64; 2]> = (0..SIDE * SIDE)
        .map(|j| {
            (0..SIDE).fold([0.0; 2], |sum, i| {
                let (x, [s, c]) = (light[j / SIDE * SIDE + i] - mean, turn(j % SIDE, i));
                [sum[0] + x * c, sum[1] - x * s]
            })
        })
        .collect();
    let mut rings = vec![Vec::new(); SIDE / 2 / RING];
    for (k, l) in (0..SIDE / 2).flat_map(|k| (0..SIDE).map(move |l| (k, l))) {
        let sum = (0..SIDE).fold([0.0; 2], |sum, i| {
            let ([a, b], [s, c]) = (rows[i * SIDE + k], turn(l, i));
            [sum[0] + a * c + b * s, sum[1] + b * c - a * s]
        });
        let fine = (k as f64).hypot(l.min(SIDE - l) as f64) as usize / RING;
        if let Some(ring) = rings.get_mut(fine) {
            ring.push(sum[0] * sum[0] + sum[1] * sum[1]);
        }
    }
    // the coarsest are the shape of the vessel
    rings[1..]
        .iter_mut()
        .map(|ring| {
            ring.sort_by(f64::total_cmp);
            ring[ring.len() - 1] / ring[ring.len() / 2].max(1e-9)
        })
        .fold(0.0, f64::max)
}

/// The bundled scene with so many parcels at their start; with all red cells in the lower 0.42/0.87 of the tube if they are `packed`.
fn at_rest(parcels: usize, packed: bool) -> (Scene, Cpu) {
    let mut scene = Scene::bundled().unwrap();
    scene.rescale(parcels);
    let mut drawn = scene.setup.draw().unwrap();
    let (part, layers) = (0.42 / 0.87, f64::from(scene.setup.grid().cells[2]));
    for (z, kind) in drawn.position[2].iter_mut().zip(&drawn.kind) {
        if packed && *kind == 0 {
            *z = fixed::from_cells(layers - part * (layers - fixed::to_cells(*z)), layers as u32);
        }
    }
    let job = Program::new(&scene.setup, &drawn, None).unwrap();
    let cpu = Cpu::new(&job, 1).unwrap();
    (scene, cpu)
}

/// The regular start of a suspension is no physics, and does not show: no frequency stands out of noise. The bound is twice what noise
/// has at most; with every parcel drawn where it is, as large, the same pictures have more.
#[test]
fn no_lattice_shows() {
    let (mut drawn, mut before) = (Vec::new(), Vec::new());
    for parcels in [20_000, 100_000] {
        let (scene, mut cpu) = at_rest(parcels, false);
        for view in ["side", "along", "unrolled", "cut"] {
            let look = look(view.parse().unwrap(), Colouring::Species);
            let middle = look.middle().map(|x| x as usize);
            let mut photo = Photo::new(Subject(&scene.setup), look).unwrap();
            photo.expose(Moment::default(), &mut cpu).unwrap();
            drawn.push(peak(&cpu.picture(&photo.plate).unwrap(), 480, middle));
            photo.plate.blots.iter_mut().for_each(|b| b.shift = 0.0);
            before.push(peak(&cpu.picture(&photo.plate).unwrap(), 480, middle));
        }
    }
    assert!(drawn.iter().all(|p| *p < 60.0), "{drawn:?}");
    assert!(before.iter().filter(|p| **p > 75.0).count() > 2, "{before:?}");
}

/// A picture of a part of the tube, `zoom` times as large, about a depth [share]; the pixels of its middle, in linear light.
fn middle_of(
    scene: &Scene,
    cpu: &mut Cpu,
    (colouring, hidden): (Colouring, Vec<bool>),
    zoom: f64,
    depth: f64,
) -> Vec<[f64; 3]> {
    let mut look = Look {
        hidden,
        zoom,
        ..look(View::Side, colouring)
    };
    let (low, high) = look.field();
    // the tube is as high as the field
    look.pan = [0.0, zoom * (0.5 - depth) * (high.y - low.y)];
    let mut photo = Photo::new(Subject(&scene.setup), look.clone()).unwrap();
    photo.expose(Moment::default(), cpu).unwrap();
    let image = cpu.picture(&photo.plate).unwrap();
    let [x, y] = look.middle().map(|x| x as usize);
    let (x, y) = (x - 8..x + 8, y - 40..y + 40);
    y.flat_map(|y| x.clone().map(move |x| (x, y)))
        .map(|(x, y)| {
            let [r, g, b, _] = image[y * 480 + x].to_le_bytes();
            [r, g, b].map(|c| (f64::from(c) / 255.0).powf(2.2))
        })
        .collect()
}

/// A bed of 87 % red cells looks like one at any zoom and with any number of parcels: all of it is as red as can be.
#[test]
fn a_bed_looks_like_a_bed() {
    for parcels in [2_000, 20_000, 200_000] {
        let (scene, mut cpu) = at_rest(parcels, true);
        for zoom in [1.0, 5.0, 20.0] {
            let all = middle_of(&scene, &mut cpu, (Colouring::Eye, Vec::new()), zoom, 0.8);
            // red cells have hardly any green, plasma two thirds
            let pale = all.iter().filter(|[_, g, _]| *g > 0.02).count();
            assert!(
                pale * 200 < all.len(),
                "{parcels} parcels, {zoom} times: {pale} of {}",
                all.len()
            );
        }
    }
}

/// What a picture shows of a species is what there is of it, at any zoom and with any number of parcels. By hand: where red cells are
/// spread over 0.42/0.87 of the tube there are 2.07 times as many as in the mean, and through the middle of a tube the way is 4/pi times
/// the mean one: light is attenuated by exp(-1.1 x 2.07 x 4/pi), 0.055, and in the sample as it starts by 0.246. The bound is four times the noise
/// of the parcels that lie there, and a twentieth: discs may not be finer than levels of 255.
#[test]
fn a_picture_shows_the_fraction() {
    for (packed, times) in [(false, 1.0), (true, 0.87 / 0.42)] {
        for parcels in [2_000, 20_000, 200_000] {
            let (scene, mut cpu) = at_rest(parcels, packed);
            let red = scene.setup.components[0].parcels as f64;
            let hidden: Vec<bool> = (0..scene.setup.components.len()).map(|k| k > 0).collect();
            for zoom in [1.0, 5.0, 20.0] {
                let all = middle_of(&scene, &mut cpu, (Colouring::Species, hidden.clone()), zoom, 0.75);
                let mean = all.iter().map(|p| p[0]).sum::<f64>() / all.len() as f64;
                let [full, dark] = [scene.setup.components[0].species.colour, DARK]
                    .map(|c| (f64::from(c[0]) / 255.0).powf(2.2));
                let through = (full - mean) / (full - dark);
                let depth = f64::from(OPACITY) * times * 4.0 / std::f64::consts::PI;
                // parcels over the pixels that are looked at, of a tube of 230 by 50, and around
                let over = blots::ENOUGH * times + red * times * 80.0 * 16.0 / (230.0 * 50.0) / (zoom * zoom);
                let noise = 4.0 * depth / over.sqrt();
                let [least, most] = [noise, -noise].map(|n| (-(depth + n)).exp());
                assert!(
                    through > least - 0.05 && through < most + 0.05,
                    "{parcels}, {zoom}: {through} of {least} to {most}"
                );
            }
        }
    }
}
