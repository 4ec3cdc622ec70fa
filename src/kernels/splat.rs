//! Every parcel as a disc on a picture, summed by pixel and channel.

use super::passage::{FATES, FREE};
use super::shot::{Blot, HIDDEN, Shot, disc, strayed};
use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, fixture};
use crate::fixed;
use glam::{DVec2, DVec3, DVec4};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "splat",
    over: Over::Parcels,
    workgroup: 256,
    outputs: &[Output {
        buffer: "sums",
        compare: Compare::Amounts,
        tolerance: 2e-3,
        reason: "places in f32 are known to 1e-4 of a pixel, where angles are 1e-3, so that an amount of some tens is a unit off \
                 now and then; the greatest sums of the fixtures are thousands",
    }],
    fixtures,
    twin,
};

fn rows(shot: &Shot) -> [DVec4; 4] {
    [shot.column, shot.row, shot.divisor, shot.slab].map(|r| DVec4::from_array(r.map(f64::from)))
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let shot: Shot = *bytemuck::from_bytes(bytemuck::cast_slice(f.words("shot")));
    let (env, _) = f.params.split();
    let [across, down, divisor, slab] = rows(&shot);
    let places = ["position_x", "position_y", "position_z"].map(|name| f.positions(name));
    let cells = f.cell_indices();
    let blots: &[Blot] = bytemuck::cast_slice(f.floats("blots"));
    let value = f.floats("value");
    let mut sums = f.words("sums").to_vec();
    for i in 0..f.items {
        let kind = f.words("kind")[i];
        let fate = if shot.fated == 1 { f.words("fate")[i] } else { 0 };
        let channel = f.words("channel")[(kind * FATES + fate) as usize];
        let (Some(cell), true) = (cells[i], channel < shot.channels) else {
            continue;
        };
        let at = DVec3::from_array([0, 1, 2].map(|k| fixed::to_cells(places[k][i])));
        let mut q = env.origin + env.size * at;
        if slab.dot(q.extend(1.0)).abs() > 1.0 {
            continue;
        }
        if shot.unrolled > 0.0 {
            q = DVec3::new(f64::from(shot.unrolled) * q.y.atan2(q.x), q.x.hypot(q.y), q.z);
        }
        let w = divisor.dot(q.extend(1.0));
        if w <= 0.0 {
            continue;
        }
        let band = (f64::from(fixed::cell(places[2][i])) * f64::from(shot.bands)
            / f64::from(f.params.cells[2]))
        .floor();
        let blot = blots[(kind * shot.bands) as usize + band as usize];
        let mut middle = DVec2::new(across.dot(q.extend(1.0)), down.dot(q.extend(1.0))) / w;
        if fate == FREE {
            let stray = DVec2::from_array(strayed(f.page.first + i as u32, kind));
            middle += f64::from(blot.shift) * f64::from(shot.scale) / w * stray;
        }
        let r = (f64::from(blot.radius) * f64::from(shot.scale) / w)
            .clamp(f64::from(shot.least), f64::from(shot.most));
        let entry = if shot.of_cells == 1 { cell } else { i } * shot.stride as usize + shot.offset as usize;
        let steps = || {
            let part = (f64::from(value[entry]) - f64::from(shot.low)) * f64::from(shot.per_range);
            (part.clamp(0.0, 1.0) * f64::from(shot.steps)).round() as u32
        };
        // every pixel is looked at: which ones a disc may reach is for the kernel to find out
        for row in 0..shot.height {
            for column in 0..shot.width {
                let d = middle.distance(DVec2::new(f64::from(column) + 0.5, f64::from(row) + 0.5));
                if d >= r + 0.5 {
                    continue;
                }
                let amount = (disc(d, r) * f64::from(blot.amount)).round() as u32;
                let pixel = ((row * shot.width + column) * shot.channels) as usize;
                sums[pixel + channel as usize] += amount;
                if shot.stride > 0 {
                    sums[pixel + 1] += amount * steps();
                }
            }
        }
    }
    vec![("sums", Reference::Words(sums))]
}

/// Components in the fixtures.
const KINDS: usize = 5;

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = [0, 1, 255, 256, 257, 4_000]
        .into_iter()
        .map(|n| build(&format!("from the side, {n} parcels"), n, side()))
        .collect();
    all.push(build("an orbit, by fate", 3_001, Shot { fated: 1, ..orbit() }));
    all.push(build(
        "a slab",
        3_001,
        Shot {
            slab: [1.1e-3, 7e-4, -4e-4, 0.3],
            ..side()
        },
    ));
    let unrolled = Shot {
        column: [7e-3, 0.0, 0.0, 31.0],
        row: [0.0, 2e-3, 9e-3, 3.0],
        unrolled: 1000.0,
        ..side()
    };
    all.push(build("unrolled", 3_001, unrolled));
    let value = Shot {
        channels: 2,
        stride: 2,
        offset: 1,
        low: -0.4,
        per_range: 0.7,
        steps: 63.0,
        ..side()
    };
    all.push(build("a value of each parcel", 3_001, value));
    all.push(build(
        "a value of each grid cell",
        3_001,
        Shot { of_cells: 1, ..value },
    ));
    // so faint that amounts are 0, 1 and 2
    let faint = Shot { scale: 0.2, ..side() };
    all.push(blots(build("faint discs", 3_001, faint), |_, blot| {
        blot.amount = 2.0
    }));
    // every band has discs of its own, and what is free is drawn beside its place
    let banded = Shot {
        bands: 3,
        fated: 1,
        ..orbit()
    };
    let mut astray = blots(build("bands and strays", 3_001, banded), |i, blot| {
        *blot = Blot {
            radius: 4.0 + 7.0 * (i % 4) as f32,
            amount: 30.0 + 9.0 * (i % 5) as f32,
            shift: 11.0 * (i % 3) as f32,
            spare: 0.0,
        }
    });
    astray.page.first = 40_000;
    all.push(astray);
    all.push(build(
        "a dense value",
        3_001,
        Shot {
            stride: 1,
            offset: 0,
            ..value
        },
    ));
    // as large as discs may become, and from behind the eye too; what is right before it lies all over the picture
    let divisor = [2e-3, 1e-3, -1e-3, 0.9];
    let about = |middle: f32, row: [f32; 4]| std::array::from_fn(|k| middle * divisor[k] + row[k]);
    let near = Shot {
        scale: 0.4,
        divisor,
        column: about(35.0, [8e-3, 1e-3, 0.0, 0.0]),
        row: about(26.0, [0.0, 4e-3, 6e-3, 0.0]),
        ..side()
    };
    all.push(build("near the eye", 1_200, near));
    let mut rows = build("several rows of workgroups", 5_003, side());
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    all.push(just_outside(build("parcels outside of the grid", 777, side())));
    all
}

/// With other discs.
fn blots(mut f: Fixture, change: impl Fn(usize, &mut Blot)) -> Fixture {
    let mut all: Vec<Blot> = bytemuck::cast_slice(f.floats("blots")).to_vec();
    for (i, blot) in all.iter_mut().enumerate() {
        change(i, blot);
    }
    fixture::set(&mut f, ("blots", Data::F32(bytemuck::cast_slice(&all).into())));
    f
}

/// With every fourth parcel a grid cell beyond an end, where the picture would still show it.
fn just_outside(mut f: Fixture) -> Fixture {
    for (axis, name) in ["position_x", "position_y", "position_z"].into_iter().enumerate() {
        let mut words = f.words(name).to_vec();
        for parcel in (axis..f.items).step_by(12) {
            words[2 * parcel + 1] = f.params.cells[axis];
        }
        fixture::set(&mut f, (name, Data::U32(words)));
    }
    f
}

fn side() -> Shot {
    Shot {
        column: [0.031, 2e-3, -1e-3, 35.0],
        row: [-1e-3, 0.017, 0.021, -2.0],
        divisor: [0.0, 0.0, 0.0, 1.0],
        width: 71,
        height: 53,
        channels: 4,
        scale: 0.13,
        least: 0.5,
        most: 9.0,
        bands: 1,
        ..Shot::default()
    }
}

fn orbit() -> Shot {
    Shot {
        divisor: [3e-4, -2e-4, 2e-4, 1.3],
        ..side()
    }
}

fn build(label: &str, items: usize, shot: Shot) -> Fixture {
    let mut s = fixture::Stream::new(items as u32 + label.len() as u32);
    let params = fixture::box_params();
    let n = items + fixture::PADDING;
    let mut buffers = fixture::all_positions(&mut s, items, &params);
    let cells = params.cells[3] as usize;
    let entries = shot.offset as usize + 1 + shot.stride as usize * n.max(cells);
    let channel = (0..KINDS as u32 * FATES)
        .map(|i| match i % 7 {
            2 => HIDDEN,
            _ if shot.stride > 0 => 0,
            _ => (i * 5 + i / 3) % shot.channels,
        })
        .collect();
    buffers.extend([
        (
            "shot",
            Data::U32(bytemuck::cast_slice(bytemuck::bytes_of(&shot)).into()),
        ),
        (
            "kind",
            Data::U32((0..n).map(|_| s.word() % KINDS as u32).collect()),
        ),
        ("fate", Data::U32((0..n).map(|_| s.word() % FATES).collect())),
        (
            "value",
            Data::F32((0..entries).map(|_| s.between(-0.7, 1.4) as f32).collect()),
        ),
        (
            "blots",
            Data::F32(
                (0..KINDS * shot.bands as usize)
                    .flat_map(|k| [1.5 + 9.0 * k as f32, 64.0, 0.0, 0.0])
                    .collect(),
            ),
        ),
        ("channel", Data::U32(channel)),
        (
            "sums",
            Data::U32(vec![
                3;
                (shot.width * shot.height * shot.channels) as usize
                    + fixture::PADDING
            ]),
        ),
    ]);
    Fixture {
        label: label.into(),
        items,
        params,
        passage: Default::default(),
        page: fixture::page(items),
        buffers,
    }
}
