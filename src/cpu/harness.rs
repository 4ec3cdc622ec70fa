//! Runs the loops of this back-end on the kernels' fixtures.

use super::{column, dilute};
use crate::Error;
use crate::engine::BatchStats;
use crate::kernels::fields::Field;
use crate::kernels::{Environment, Fixture, Kernel, Measured, Step, deposit, fields, profile};

fn words(positions: &[u64]) -> Measured {
    Measured(
        positions
            .iter()
            .flat_map(|p| [*p as u32, (*p >> 32) as u32])
            .collect(),
    )
}

fn statistics(s: BatchStats) -> Measured {
    let (step, parcel) = s
        .bad
        .map_or((u32::MAX, u32::MAX), |(step, parcel)| (step, parcel as u32));
    Measured(vec![
        (s.greatest as f32).to_bits(),
        s.bounded as u32,
        step,
        parcel,
    ])
}

/// The outputs of `kernel` on `fixture` as the CPU back-end computes them; none where it has no loop of its own (the
/// dense step in more than one column).
///
/// # Errors
/// [`Error::Internal`] for a kernel that it does not know.
pub fn run_fixture(
    kernel: &'static Kernel,
    fixture: &Fixture,
) -> Result<Option<Vec<(&'static str, Measured)>>, Error> {
    let (env, step) = fixture.params.split();
    Ok(match kernel.name {
        "deposit" => Some(vec![("sums", deposit(fixture))]),
        "fields" => Some(vec![("fields", field(fixture, &env))]),
        "profile" => Some(vec![("tally", tally(fixture))]),
        "advance_dense" => dense(fixture, &env, &step),
        "advance_dilute" => Some(dilute(fixture, &env, &step)),
        other => return Err(Error::Internal(format!("the CPU back-end has no kernel {other}"))),
    })
}

fn wide(w: &[u32]) -> i64 {
    (u64::from(w[0]) | u64::from(w[1]) << 32) as i64
}

fn deposit(f: &Fixture) -> Measured {
    let mut sums: Vec<[i64; 4]> = f
        .words("sums")
        .chunks_exact(8)
        .map(|w| std::array::from_fn(|k| wide(&w[2 * k..])))
        .collect();
    let moments: Vec<[i32; 4]> = f
        .words("moments")
        .chunks_exact(4)
        .map(|w| std::array::from_fn(|k| w[k] as i32))
        .collect();
    if f.params.cells[0] == 1 && f.params.cells[1] == 1 {
        column::deposit(
            &mut sums,
            &f.positions("position_z")[..f.items],
            &moments[..f.items],
        );
    } else {
        for (cell, m) in f.cell_indices().into_iter().zip(moments) {
            deposit::add(&mut sums, cell, m);
        }
    }
    Measured(
        sums.iter()
            .flatten()
            .flat_map(|s| [*s as u32, (*s >> 32) as u32])
            .collect(),
    )
}

fn field(f: &Fixture, env: &Environment) -> Measured {
    let (sums, inverse) = (f.words("sums"), f.floats("inverse_volume"));
    let mut out = f.words("fields").to_vec();
    for i in 0..f.items {
        let s = std::array::from_fn(|k| wide(&sums[8 * i + 2 * k..]));
        let v = fields::field_of_sums(s, f64::from(inverse[i]), env);
        for (o, x) in out[4 * i..4 * i + 4]
            .iter_mut()
            .zip([v.hindrance, v.mixture, v.backflow, v.fraction])
        {
            *o = (x as f32).to_bits();
        }
    }
    Measured(out)
}

fn tally(f: &Fixture) -> Measured {
    let (z, kind, moments) = (f.positions("position_z"), f.words("kind"), f.words("moments"));
    let (bins, cells) = (f.params.bins, f.params.cells[2]);
    let mut out: Vec<[u64; 2]> = f
        .words("tally")
        .chunks_exact(3)
        .map(|w| [u64::from(w[0]), wide(&w[1..]) as u64])
        .collect();
    for i in 0..f.items {
        let slot = &mut out[kind[i] as usize * bins as usize + profile::bin(z[i], bins, cells)];
        slot[0] += 1;
        slot[1] += u64::from(moments[4 * i]);
    }
    Measured(
        out.iter()
            .flat_map(|t| [t[0] as u32, t[1] as u32, (t[1] >> 32) as u32])
            .collect(),
    )
}

fn dense(f: &Fixture, env: &Environment, step: &Step) -> Option<Vec<(&'static str, Measured)>> {
    if env.cells[0] != 1 || env.cells[1] != 1 {
        return None;
    }
    let fields: Vec<Field> = f
        .floats("fields")
        .chunks_exact(4)
        .map(|w| Field {
            hindrance: f64::from(w[0]),
            mixture: f64::from(w[1]),
            backflow: f64::from(w[2]),
            fraction: f64::from(w[3]),
        })
        .collect();
    let mut z = f.positions("position_z");
    let table = column::Table::new(&fields, env, step);
    let n = f.items;
    let first = u64::from(f.page.first);
    let stats = column::advance(
        &table,
        &mut z[..n],
        &f.floats("mobility")[..n],
        &f.floats("excess")[..n],
        first,
    );
    Some(vec![
        ("position_x", words(&f.positions("position_x"))),
        ("position_y", words(&f.positions("position_y"))),
        ("position_z", words(&z)),
        ("stats", statistics(stats)),
    ])
}

fn dilute(f: &Fixture, env: &Environment, step: &Step) -> Vec<(&'static str, Measured)> {
    let [mut x, mut y, mut z] = ["position_x", "position_y", "position_z"].map(|k| f.positions(k));
    let n = f.items;
    let (m, e) = (&f.floats("mobility")[..n], &f.floats("excess")[..n]);
    let first = u64::from(f.page.first);
    let axial = dilute::along_axis(env, step);
    let stats = if axial {
        dilute::advance_column(&mut z[..n], m, e, env, step, first)
    } else {
        dilute::advance(&mut x[..n], &mut y[..n], &mut z[..n], m, e, env, step, first)
    };
    vec![
        ("position_x", words(&x)),
        ("position_y", words(&y)),
        ("position_z", words(&z)),
        ("stats", statistics(stats)),
    ]
}
