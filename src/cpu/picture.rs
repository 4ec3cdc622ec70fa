//! Pictures of the parcels, without any graphics driver. Sums of integers, so that it does not matter which thread adds first.

use super::state::{CHUNK, State};
use crate::kernels::passage::{FATES, FREE};
use crate::kernels::shot::{Blot, disc, strayed};
use crate::kernels::{Shot, tint};
use crate::{Error, fixed};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// A row of the map from places to the picture.
#[derive(Clone, Copy)]
struct Row([f64; 4]);

impl Row {
    fn new(row: [f32; 4]) -> Self {
        Self(row.map(f64::from))
    }

    #[inline(always)]
    fn at(&self, q: [f64; 3]) -> f64 {
        let [x, y, z, constant] = self.0;
        x * q[0] + y * q[1] + z * q[2] + constant
    }
}

/// What the parcels show.
pub struct Look<'a> {
    pub shot: Shot,
    pub blots: &'a [Blot],
    /// Number of the first parcel.
    pub first: u32,
    pub channel: &'a [u32],
    /// Values; empty where classes are shown.
    pub value: &'a [f32],
}

impl State {
    /// Adds the parcels to `sums`.
    pub fn splat(&self, look: &Look<'_>, sums: &[AtomicU32]) {
        let shot = &look.shot;
        let [across, down, divisor, slab] = [shot.column, shot.row, shot.divisor, shot.slab].map(Row::new);
        let n = self.environment.cells;
        let (origin, size) = (
            self.environment.origin.to_array(),
            self.environment.size.to_array(),
        );
        let (width, height) = (f64::from(shot.width), f64::from(shot.height));
        let (least, most) = (f64::from(shot.least), f64::from(shot.most));
        let one = |i: usize| {
            let kind = self.kind[i];
            let fate = if shot.fated == 1 { self.carried.fate[i] } else { 0 };
            let channel = look.channel[(kind * FATES + fate) as usize];
            let p = [0, 1, 2].map(|k: usize| self.position[k][i]);
            if channel >= shot.channels || !fixed::inside(p, n) {
                return;
            }
            let mut q: [f64; 3] = std::array::from_fn(|k| origin[k] + size[k] * fixed::to_cells(p[k]));
            if slab.at(q).abs() > 1.0 {
                return;
            }
            if shot.unrolled > 0.0 {
                q = [
                    f64::from(shot.unrolled) * q[1].atan2(q[0]),
                    (q[0] * q[0] + q[1] * q[1]).sqrt(),
                    q[2],
                ];
            }
            let w = divisor.at(q);
            if w <= 0.0 {
                return;
            }
            let band = fixed::cell(p[2]) * shot.bands / n[2];
            let blot = look.blots[(kind * shot.bands + band) as usize];
            let scale = f64::from(shot.scale) / w;
            let (mut u, mut v) = (across.at(q) / w, down.at(q) / w);
            if fate == FREE {
                let [right, below] = strayed(look.first + i as u32, kind);
                u += f64::from(blot.shift) * scale * right;
                v += f64::from(blot.shift) * scale * below;
            }
            let r = (f64::from(blot.radius) * scale).clamp(least, most);
            let columns = range(u, r, width);
            let rows = range(v, r, height);
            if columns.is_empty() || rows.is_empty() {
                return;
            }
            let steps = (shot.stride > 0).then(|| {
                let entry = match shot.of_cells {
                    1 => fixed::cell(p[0]) + n[0] * (fixed::cell(p[1]) + n[1] * fixed::cell(p[2])),
                    _ => i as u32,
                };
                let entry = entry as usize * shot.stride as usize + shot.offset as usize;
                let part = (f64::from(look.value[entry]) - f64::from(shot.low)) * f64::from(shot.per_range);
                (part.clamp(0.0, 1.0) * f64::from(shot.steps)).round() as u32
            });
            for row in rows {
                let dy = f64::from(row) + 0.5 - v;
                for column in columns.clone() {
                    let dx = f64::from(column) + 0.5 - u;
                    let ink = disc((dx * dx + dy * dy).sqrt(), r) * f64::from(blot.amount);
                    let amount = (ink + 0.5) as u32;
                    if amount == 0 {
                        continue;
                    }
                    let pixel = (row * shot.width + column) as usize * shot.channels as usize;
                    sums[pixel + channel as usize].fetch_add(amount, Ordering::Relaxed);
                    if let Some(steps) = steps {
                        sums[pixel + 1].fetch_add(amount * steps, Ordering::Relaxed);
                    }
                }
            }
        };
        let all = self.kind.len();
        (0..all.div_ceil(CHUNK)).into_par_iter().for_each(|chunk| {
            let from = chunk * CHUNK;
            (from..(from + CHUNK).min(all)).for_each(one);
        });
    }

    /// Refuses tables that do not fit a look, and so many sums.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn check(&self, look: &Look<'_>, sums: usize) -> Result<(), Error> {
        let shot = &look.shot;
        let (bands, channels) = (shot.bands as usize, shot.channels as usize);
        let entries = match shot.of_cells {
            1 => self.environment.cell_count(),
            _ => self.kind.len(),
        };
        let sound = bands > 0
            && look.blots.len() >= self.components * bands
            && look.channel.len() >= self.components * FATES as usize
            && sums >= shot.width as usize * shot.height as usize * channels
            && look.value.len() >= shot.stride as usize * entries
            && (shot.stride == 0 || (channels == 2 && shot.offset < shot.stride))
            && (shot.fated != 1 || !self.carried.fate.is_empty());
        match sound {
            true => Ok(()),
            false => Err(misfit()),
        }
    }
}

/// The error for tables of a picture that do not hold together.
pub fn misfit() -> Error {
    Error::Internal("a picture's tables do not fit its shot".into())
}

/// Pixels along an axis of `n` whose middles are within half a pixel of a disc.
#[inline(always)]
fn range(middle: f64, r: f64, n: f64) -> std::ops::Range<u32> {
    let first = (middle - r).clamp(0.0, n);
    let beyond = (middle + r + 1.0).clamp(0.0, n);
    first as u32..beyond as u32
}

/// The colour of every pixel, from its amounts.
pub fn colours(shot: &Shot, sums: &[u32], palette: &[[f32; 4]], behind: &[[f32; 4]], image: &mut [u32]) {
    let n = shot.channels.max(1) as usize;
    image
        .par_chunks_mut(CHUNK)
        .zip(sums.par_chunks(CHUNK * n))
        .zip(behind.par_chunks(CHUNK))
        .for_each(|((image, sums), behind)| {
            for ((out, own), behind) in image.iter_mut().zip(sums.chunks_exact(n)).zip(behind) {
                let (mut depth, mut light) = (0.0, [0.0; 3]);
                if shot.stride > 0 {
                    let amount = f64::from(own[0]);
                    depth = amount * f64::from(shot.gain);
                    let at = f64::from(own[1]) / amount.max(1.0);
                    let low = at as usize;
                    let part = at - low as f64;
                    for (c, light) in light.iter_mut().enumerate() {
                        let [a, b] = [palette[low][c], palette[low + 1][c]].map(f64::from);
                        *light = a + (b - a) * part;
                    }
                } else {
                    let mut squares = 0.0;
                    for (sum, colour) in own.iter().zip(palette) {
                        let a = f64::from(*sum) * f64::from(colour[3]);
                        depth += a;
                        squares += a * a;
                        for (light, colour) in light.iter_mut().zip(colour) {
                            *light += a * a * f64::from(*colour);
                        }
                    }
                    if squares > 0.0 {
                        light = light.map(|x| x / squares);
                    }
                }
                let through = (-depth * f64::from(behind[3])).exp();
                *out = tint::levels(std::array::from_fn(|c| {
                    light[c] * (1.0 - through) + f64::from(behind[c]) * through
                }));
            }
        });
}
