//! From the amounts of a pixel to its colour.
//!
//! Each class's amount is taken relative to what it would be if the class were spread evenly over the vessel, which is in its
//! gain: so 0.05 % of leukocytes show as clearly as 42 % of red cells wherever they gather. Colours are mixed by the squares of
//! these enrichments, in linear light; a pixel is the more opaque the more there is.

use super::shot::Shot;
use super::{Compare, Data, Fixture, Kernel, Output, Over, Reference, fixture};

/// Declaration.
pub const KERNEL: Kernel = Kernel {
    name: "tint",
    over: Over::Rows("image"),
    workgroup: 256,
    outputs: &[Output {
        buffer: "image",
        compare: Compare::Levels,
        tolerance: 1.0,
        reason: "one of 255 levels: a colour that lies between two may be rounded to either",
    }],
    fixtures,
    twin,
};

/// Exponent that turns linear light into levels; the exact curve of sRGB differs by less than one can see.
pub const GAMMA: f64 = 2.2;

/// A colour in linear light as levels, fully opaque.
pub fn levels(light: [f64; 3]) -> u32 {
    let [r, g, b] = light.map(|x| (255.0 * x.clamp(0.0, 1.0).powf(1.0 / GAMMA)).round() as u32);
    r | g << 8 | b << 16 | 255 << 24
}

fn twin(f: &Fixture) -> Vec<(&'static str, Reference)> {
    let shot: Shot = *bytemuck::from_bytes(bytemuck::cast_slice(f.words("shot")));
    let (sums, palette, behind) = (f.words("sums"), f.floats("palette"), f.floats("behind"));
    let colour = |k: usize, c: usize| f64::from(palette[4 * k + c]);
    let mut image = f.words("image").to_vec();
    for (i, out) in image.iter_mut().enumerate().take(f.items) {
        let n = shot.channels as usize;
        let own = &sums[i * n..][..n];
        let (depth, light): (f64, [f64; 3]) = if shot.stride > 0 {
            let at = f64::from(own[1]) / f64::from(own[0].max(1));
            let k = at.floor();
            let mixed = |c| colour(k as usize, c) * (1.0 - (at - k)) + colour(k as usize + 1, c) * (at - k);
            (
                f64::from(own[0]) * f64::from(shot.gain),
                [mixed(0), mixed(1), mixed(2)],
            )
        } else {
            let a: Vec<f64> = own
                .iter()
                .enumerate()
                .map(|(k, s)| f64::from(*s) * colour(k, 3))
                .collect();
            let squares: f64 = a.iter().map(|a| a * a).sum();
            let mixed = |c| {
                let sum: f64 = a.iter().enumerate().map(|(k, a)| a * a * colour(k, c)).sum();
                if squares > 0.0 { sum / squares } else { 0.0 }
            };
            (a.iter().sum(), [mixed(0), mixed(1), mixed(2)])
        };
        let through = (-depth * f64::from(behind[4 * i + 3])).exp();
        *out = levels([0, 1, 2].map(|c| light[c] * (1.0 - through) + f64::from(behind[4 * i + c]) * through));
    }
    vec![("image", Reference::Words(image))]
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<Fixture> = fixture::sizes(KERNEL.workgroup)
        .into_iter()
        .map(|n| build(&format!("{n} pixels by class"), n, 5, 0))
        .collect();
    all.push(build("by value", 3_001, 2, 1));
    let mut rows = build("several rows of workgroups", 5_003, 3, 0);
    rows.page = fixture::page_in_rows(rows.items);
    all.push(rows);
    all
}

/// Steps of a value in the fixtures.
const STEPS: u32 = 16;

fn build(label: &str, items: usize, channels: u32, stride: u32) -> Fixture {
    let mut s = fixture::Stream::new(items as u32 + label.len() as u32);
    let n = items + fixture::PADDING;
    let shot = Shot {
        width: n as u32,
        height: 1,
        channels,
        stride,
        steps: STEPS as f32,
        gain: 0.013,
        ..Shot::default()
    };
    let sums = (0..n)
        .flat_map(|i| {
            let amounts: Vec<u32> = (0..channels)
                .map(|k| match (i + k as usize) % 5 {
                    0 => 0,
                    1 => s.word() % 7,
                    _ => s.word() % 200,
                })
                .collect();
            match stride {
                0 => amounts,
                // at most as many steps as there are, and now and then all of them
                _ => vec![
                    amounts[0],
                    match i % 11 {
                        0 => amounts[0] * STEPS,
                        _ => s.word() % (amounts[0] * STEPS + 1),
                    },
                ],
            }
        })
        .collect();
    let entries = (STEPS + 2).max(channels);
    let palette = (0..entries)
        .flat_map(|_| {
            let mut part = || s.between(0.0, 1.0) as f32;
            [part(), part(), part(), 0.03 * part()]
        })
        .collect();
    let behind = (0..4 * n).map(|_| s.between(0.0, 1.0).powi(3) as f32).collect();
    Fixture {
        label: label.into(),
        items,
        params: fixture::tube_params(),
        passage: Default::default(),
        page: fixture::page(items),
        buffers: vec![
            (
                "shot",
                Data::U32(bytemuck::cast_slice(bytemuck::bytes_of(&shot)).into()),
            ),
            ("sums", Data::U32(sums)),
            ("palette", Data::F32(palette)),
            ("behind", Data::F32(behind)),
            ("image", Data::U32(vec![7; n])),
        ],
    }
}
