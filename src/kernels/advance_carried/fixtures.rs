//! What the step of carried parcels is verified on.

use super::super::passage::{ANNULUS, CHANNEL, FREE, SURFACES, TUBE};
use super::super::{Data, Fixture, Passage, fixture, params};
use super::KERNEL;
use crate::fixed;
use glam::DVec2;

/// Ducts of every shape, open and closed, and what is adversarial for them.
pub fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(&format!("{n} parcels in an annulus"), n, annulus()))
        .collect();
    let mut closed = annulus();
    (closed.open, closed.holding) = (0, 0b1_0001);
    all.push(build("an annulus with a closed end that holds", 5_003, closed));
    closed.holding = 0b10;
    all.push(build(
        "an annulus with a closed end that lets slide",
        3_001,
        closed,
    ));
    let mut tube = annulus();
    (tube.shape, tube.wall[0], tube.splits) = (TUBE, 0.0, [0.8, 2.0, 2.0, 2.0]);
    all.push(build("a tube", 3_001, tube));
    let mut channel = annulus();
    (channel.shape, channel.wall) = (CHANNEL, [1000.0, 880.0, 2050.0, 0.0]);
    all.push(build("a channel whose outer walls hold", 5_003, channel));
    channel.holding = 0b0_0101;
    all.push(build("a channel whose lower walls hold", 5_003, channel));
    channel.holding = 0;
    all.push(build("a channel that lets slide", 3_001, channel));
    // the walls are those of the box, so that the middle of a step may lie beyond the last corners of the field
    channel.wall = [1100.0, 900.0, 2100.0, 0.0];
    channel.open = 0;
    all.push(build("a channel as wide as the grid", 5_003, channel));
    // on the floor of a channel, on the closed end and in the corner of both: what lies on one wall meets the others too
    channel.wall = [1000.0, 880.0, 2050.0, 0.0];
    channel.holding = 0b0_0010;
    let mut floor = build("on the floor and the end", 3_001, channel);
    let (size, origin) = (floor.params.size, floor.params.origin);
    let put = |words: &mut [u32], axis: usize, at: f32, from: usize| {
        let cells = f64::from((at - origin[axis]) / size[axis]);
        let p = fixed::from_cells(cells, 7);
        for (i, w) in words.chunks_exact_mut(2).enumerate() {
            if i % 3 == from || i % 3 == 2 {
                (w[0], w[1]) = (p as u32, (p >> 32) as u32);
            }
        }
    };
    for (name, data) in &mut floor.buffers {
        match (*name, data) {
            ("position_y", Data::U32(v)) => put(v, 1, -877.0, 0),
            ("position_z", Data::U32(v)) => put(v, 2, 2049.99, 1),
            _ => {}
        }
    }
    floor.params.row_y = [0.0, 0.0, 0.0, -2.1e-3];
    all.push(floor);
    // a flow that differs over the width of a channel
    let mut wide = channel;
    (wide.lanes, wide.around, wide.open) = (6, 5, 1);
    all.push(build("a sheet of flow in a channel", 5_003, wide));
    (wide.around, wide.by_width, wide.holding) = (1, 1, 0);
    all.push(build("outlets over the width of a channel", 5_003, wide));
    // so little may change that most steps are taken in many parts, some as short as parts become
    (wide.around, wide.by_width) = (5, 0);
    let short = [40.0, 90.0, 25.0, 0.12];
    for (label, vessel, stride) in [
        ("many parts", annulus(), short),
        (
            "parts as short as they become",
            annulus(),
            [240.0, 250.0, 500.0, 0.002],
        ),
        ("many parts in a tube", tube, short),
        ("many parts in a sheet of flow", wide, short),
    ] {
        let mut fine = build(label, 501, Passage { stride, ..vessel });
        fine.params.omega[3] = 6_000.0;
        all.push(fine);
    }
    let mut off = build("the magnets are off", 3_001, annulus());
    off.params.switches = 0;
    off.passage.splits = [2.0; 4];
    off.params.outlet = 2;
    all.push(off);
    let mut rows = build("several rows of workgroups", 5_003, annulus());
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    let mut broken = build("parcels that are not sound", 777, channel);
    for (name, data) in &mut broken.buffers {
        match (*name, data) {
            ("excess", Data::F32(v)) => (v[321], v[400]) = (f32::NAN, f32::NEG_INFINITY),
            ("magnetic", Data::F32(v)) => v[2 * 333] = f32::NAN,
            ("fate", Data::U32(v)) => v.fill(FREE),
            ("clock", Data::F32(v)) => v.fill(0.0),
            _ => {}
        }
    }
    all.push(broken.clone());
    broken.label = "a bad parcel after a bad step".into();
    let step = broken.params.step;
    fixture::set(&mut broken, fixture::later_statistics(step));
    all.push(broken);
    all.push(fixture::escaped(build("parcels outside of the grid", 777, tube)));
    all
}

/// Flows that differ around and along, through every shape.
pub fn guided() -> Vec<Fixture> {
    let given = |mut p: Passage, along| {
        (p.lanes, p.around, p.along) = (6, 5, along);
        p
    };
    // not one alone: errors are relative to the greatest displacement, which would be its own, however small
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .filter(|n| *n < 50_000 && *n != 1)
        .map(|n| build(&format!("{n} parcels in an annulus"), n, given(annulus(), 4)))
        .collect();
    all.push(build(
        "a flow around an annulus and along",
        5_003,
        given(annulus(), 4),
    ));
    let mut tube = annulus();
    (tube.shape, tube.wall[0], tube.splits) = (TUBE, 0.0, [0.8, 2.0, 2.0, 2.0]);
    all.push(build("a flow around a tube", 3_001, given(tube, 2)));
    // beside the planes in which an angle is found another way
    let mut beside = build("beside the axes of a tube", 3_001, given(tube, 1));
    let (size, origin) = (beside.params.size, beside.params.origin);
    for (name, data) in &mut beside.buffers {
        let (axis, third) = match *name {
            "position_x" => (0, 0),
            "position_y" => (1, 1),
            _ => continue,
        };
        let Data::U32(words) = data else { continue };
        for (i, w) in words
            .chunks_exact_mut(2)
            .enumerate()
            .filter(|(i, _)| i % 3 == third)
        {
            let at = f64::from(-0.28 + 0.01 * (i % 57) as f32);
            let p = fixed::from_cells((at - f64::from(origin[axis])) / f64::from(size[axis]), 4);
            (w[0], w[1]) = (p as u32, (p >> 32) as u32);
        }
    }
    all.push(beside);
    let mut channel = annulus();
    (channel.shape, channel.wall) = (CHANNEL, [1000.0, 880.0, 2050.0, 0.0]);
    all.push(build("a flow over a channel", 5_003, given(channel, 3)));
    let mut rows = build("several rows of workgroups", 5_003, given(annulus(), 4));
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    for (label, vessel) in [
        ("many parts", given(annulus(), 4)),
        ("many parts in a channel", given(channel, 3)),
    ] {
        let stride = [80.0, 90.0, 60.0, 2.0];
        let mut fine = build(label, 501, Passage { stride, ..vessel });
        fine.params.omega[3] = 3_000.0;
        all.push(fine);
    }
    all
}

/// So long a step that some parcels need more tries than [`super::MOST_PARTS`], but fewer parts, and others too many of both.
#[cfg(test)]
pub fn retried() -> Fixture {
    let mut passage = annulus();
    (passage.open, passage.holding, passage.stride) = (0, 0, [200.0, 200.0, 200.0, 0.12]);
    (passage.lanes, passage.around, passage.along) = (6, 5, 4);
    let mut long = build("more tries than parts", 32, passage);
    long.params.omega[3] = 3e7;
    // among the first ten there is one of each, and the twin takes its time
    long.items = 10;
    long.page = fixture::page(long.items);
    long
}

/// Between 0.35 and 0.85 mm: both walls lie within the box of the fixtures.
fn annulus() -> Passage {
    Passage {
        wall: [350.0, 850.0, 2050.0, 0.0],
        splits: [0.3, 0.55, 0.8, 2.0],
        // a step of one part: the field is rough, and roundings would grow from one part to the next, so that of many parcels some pass
        // an edge within a rounding. Steps of many parts have fixtures of their own, with few parcels
        stride: [1e6; 4],
        shape: ANNULUS,
        open: 1,
        holding: 0b0_1010,
        lanes: 37,
        ..Passage::default()
    }
}

fn build(label: &str, items: usize, passage: Passage) -> Fixture {
    let mut params = fixture::box_params();
    params.origin = [-1100.0, -900.0, 0.0, 0.0];
    params.size = [440.0, 450.0, 300.0, params.size[3]];
    params.omega[3] = 41_000.0;
    params.flow = 2.9e-3;
    params.switches = params::MAGNETS;
    let mut s = fixture::Stream::new(items as u32 + 57);
    let n = items + fixture::PADDING;
    let cells = [params.cells[0], params.cells[1], params.cells[2]];
    let mut places: [Vec<u32>; 3] = Default::default();
    for _ in 0..n {
        let [x, y] = loop {
            let q = DVec2::new(s.between(-1050.0, 1050.0), s.between(-890.0, 890.0));
            let wall = passage.wall.map(f64::from);
            let inside = match passage.shape {
                CHANNEL => q.x.abs() < wall[0] && q.y.abs() < wall[1],
                _ => q.length() > wall[0] && q.length() < wall[1],
            };
            if inside {
                break q.to_array();
            }
        };
        let q = [x, y, s.between(0.0, f64::from(passage.wall[2]))];
        for k in 0..3 {
            let cell = (q[k] - f64::from(params.origin[k])) / f64::from(params.size[k]);
            let p = fixed::from_cells(cell, cells[k]);
            places[k].extend([p as u32, (p >> 32) as u32]);
        }
    }
    let [x, y, z] = places;
    let mut buffers = vec![
        ("position_x", Data::U32(x)),
        ("position_y", Data::U32(y)),
        ("position_z", Data::U32(z)),
    ];
    buffers.extend(fixture::cells(&mut s, items));
    let nodes: usize = cells.iter().map(|c| *c as usize + 1).product();
    let pull = (0..nodes)
        .flat_map(|_| {
            let mut f = || s.between(-0.011, 0.012);
            [f(), f(), f(), s.between(0.05, 1.4)]
        })
        .map(|v| v as f32)
        .collect();
    let magnetic = (0..n)
        .flat_map(|i| {
            // unlabelled, weakly and strongly saturated, repelled
            let m = [0.0, 0.9, 0.9, -0.5][i % 4] * s.between(0.2, 1.0);
            [
                m as f32,
                [0.0, 2.0, 5.0, 40.0, 1.0][i % 5] * s.between(0.5, 1.5) as f32,
            ]
        })
        .collect();
    let start = f64::from(params.time);
    let dt = f64::from(params.omega[3]);
    let fate = (0..n).map(|i| [0, 0, 0, 1, 1, 3, 9][i % 7]).collect();
    let clock = (0..n)
        .flat_map(|i| {
            let enter = match i % 7 {
                // in the middle of this step, and after it
                3 => start + s.between(0.1, 0.9) * dt,
                4 => start + s.between(1.1, 9.0) * dt,
                _ => s.between(0.0, start),
            };
            [enter as f32, -1.0]
        })
        .collect();
    let patches = (SURFACES * cells[2]) as usize + fixture::PADDING;
    let kinds = 4;
    let kind = (0..n).map(|_| s.word() % kinds).collect();
    // a third is full
    let vacant = (0..patches).map(|i| [0.0, 0.3, 1.0][i % 3]).collect();
    let carrier = if passage.around == 0 {
        (0..=passage.lanes).map(|_| s.between(0.1, 2.0) as f32).collect()
    } else {
        let nodes = (passage.lanes + 1) * (passage.around + 1) * (passage.along + 1);
        let components = if passage.along > 0 { 3 } else { 1 };
        let mut all: Vec<f32> = (0..components * nodes)
            .map(|_| s.between(-1.5, 2.0) as f32)
            .collect();
        if passage.shape == TUBE {
            // the axis is one place, whatever the angle
            let row = 3 * (passage.lanes + 1) as usize;
            for layer in all.chunks_exact_mut(row * (passage.around + 1) as usize) {
                let axis = [layer[0], layer[1], layer[2]];
                layer
                    .chunks_exact_mut(row)
                    .for_each(|row| row[..3].copy_from_slice(&axis));
            }
        }
        all
    };
    buffers.extend([
        ("magnetic", Data::F32(magnetic)),
        ("fate", Data::U32(fate)),
        ("clock", Data::F32(clock)),
        ("pull", Data::F32(pull)),
        ("carrier", Data::F32(carrier)),
        ("kind", Data::U32(kind)),
        ("vacant", Data::F32(vacant)),
        ("footprint", Data::U32((0..kinds).map(|k| 1 + 1000 * k).collect())),
        ("arrived", Data::U32(vec![3; patches])),
        fixture::statistics(),
    ]);
    Fixture {
        label: label.into(),
        items,
        params,
        passage,
        page: fixture::page(items),
        buffers,
    }
}
