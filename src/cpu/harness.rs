//! Runs this back-end on the kernels' fixtures: the same loops, chunks and threads as a run.

use super::approach::fly_all;
use super::patches::Patches;
use super::picture::{Look, colours};
use super::state::{Carried, State, largest};
use crate::Error;
use crate::engine::{BatchStats, Tally};
use crate::kernels::approach::around;
use crate::kernels::fields::Field;
use crate::kernels::params::{CARRIED, CROWDED};
use crate::kernels::passage::SURFACES;
use crate::kernels::{Fixture, Kernel, Measured, Shot, Statistics, Step};
use std::sync::atomic::{AtomicU32, Ordering};

fn positions(positions: &[u64]) -> Measured {
    Measured(
        positions
            .iter()
            .flat_map(|p| [*p as u32, (*p >> 32) as u32])
            .collect(),
    )
}

fn wide(w: &[u32]) -> i64 {
    (u64::from(w[0]) | u64::from(w[1]) << 32) as i64
}

/// The statistics that `fixture` starts from and those of one more step.
fn statistics(fixture: &Fixture, s: BatchStats) -> Measured {
    let mut all = fixture.statistics();
    all.greatest = all.greatest.max(s.greatest);
    all.bounded += s.bounded as u32;
    all.fullest = all.fullest.max(s.fullest);
    if let Some((step, parcel)) = s.bad {
        all.report(step, parcel as u32);
    }
    Measured(Statistics::words(&all).into())
}

/// A fixture as the state of a run; what it has no buffer for is empty, and the padding behind its items is left out.
fn state(f: &Fixture) -> State {
    let (environment, _) = f.params.split();
    let n = f.items;
    let head = |name: &str| {
        let all = f.positions(name);
        all[..n.min(all.len())].to_vec()
    };
    let floats = |name: &str| {
        let all = f.floats(name);
        all[..n.min(all.len())].to_vec()
    };
    let z = head("position_z");
    // a kernel that reads only the depth has no other axes
    let or_zero = |mut v: Vec<u64>| {
        v.resize(z.len(), 0);
        v
    };
    let cells = environment.cell_count();
    let kind = f.words("kind");
    let mut fields = Field::rows(f.floats("fields"));
    fields.truncate(cells);
    fields.resize(cells, Field::default());
    let mut sums: Vec<[i64; 4]> = f
        .words("sums")
        .chunks_exact(8)
        .map(|w| std::array::from_fn(|k| wide(&w[2 * k..])))
        .collect();
    sums.truncate(cells);
    sums.resize(cells, [0; 4]);
    State {
        environment,
        first: u64::from(f.page.first),
        inverse_volume: f
            .floats("inverse_volume")
            .iter()
            .take(cells)
            .map(|v| f64::from(*v))
            .collect(),
        components: kind.iter().max().map_or(0, |k| *k as usize + 1),
        position: [or_zero(head("position_x")), or_zero(head("position_y")), z],
        mobility: floats("mobility"),
        excess: floats("excess"),
        moments: f
            .words("moments")
            .chunks_exact(4)
            .take(n)
            .map(|w| std::array::from_fn(|k| w[k] as i32))
            .collect(),
        kind: kind[..n.min(kind.len())].to_vec(),
        carried: carried(f),
        sums,
        parts: vec![vec![[0; 4]; cells]; rayon::current_num_threads()],
        fields,
    }
}

/// One word a patch, without the padding.
fn patches(f: &Fixture, name: &str) -> Vec<u32> {
    let n = (SURFACES * f.params.cells[2]) as usize;
    f.words(name).iter().take(n).copied().collect()
}

/// A buffer of a fixture with its first words changed, those of the padding left alone.
fn changed(f: &Fixture, name: &'static str, words: impl Iterator<Item = u32>) -> (&'static str, Measured) {
    let mut all = f.words(name).to_vec();
    all.iter_mut().zip(words).for_each(|(old, new)| *old = new);
    (name, Measured(all))
}

/// What arrived on the patches.
fn arrived(f: &Fixture, s: &State) -> (&'static str, Measured) {
    let words = s.carried.patches.arrived.iter();
    changed(f, "arrived", words.map(|a| a.load(Ordering::Relaxed)))
}

fn carried(f: &Fixture) -> Carried {
    let pairs = |name: &str| {
        let all = f.floats(name).chunks_exact(2).take(f.items);
        all.map(|w| [w[0], w[1]]).collect()
    };
    let nodes = f.floats("pull").chunks_exact(4);
    Carried {
        passage: f.passage,
        magnetic: pairs("magnetic"),
        fate: f.words("fate").iter().take(f.items).copied().collect(),
        clock: pairs("clock"),
        pull: nodes.map(|w| [w[0], w[1], w[2], w[3]]).collect(),
        carrier: f.floats("carrier").to_vec(),
        largest: largest(&f.floats("mobility")[..f.items.min(f.floats("mobility").len())]),
        depth: f.floats("depth").iter().take(f.items).copied().collect(),
        capture: f.floats("capture").to_vec(),
        unspecific: f.floats("unspecific").to_vec(),
        patches: Patches {
            footprint: f.words("footprint").to_vec(),
            capacity: f.words("capacity").to_vec(),
            held: patches(f, "held"),
            arrived: patches(f, "arrived").into_iter().map(AtomicU32::new).collect(),
            vacant: patches(f, "vacant").into_iter().map(f32::from_bits).collect(),
            layers: f.params.cells[2] as usize,
        },
    }
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
    let mut s = state(fixture);
    Ok(match kernel.name {
        "deposit" => {
            let before = s.sums.clone();
            s.deposit();
            // the kernel adds to what is there, the loop starts from zero
            for (now, before) in s.sums.iter_mut().flatten().zip(before.iter().flatten()) {
                *now = now.wrapping_add(*before);
            }
            let words = s.sums.iter().flatten();
            Some(vec![(
                "sums",
                Measured(words.flat_map(|s| [*s as u32, (*s >> 32) as u32]).collect()),
            )])
        }
        "fields" => {
            let stats = s.fields();
            let mut words = fixture.words("fields").to_vec();
            for (out, field) in words.chunks_exact_mut(4).zip(&s.fields) {
                out.copy_from_slice(&field.row().map(f32::to_bits));
            }
            Some(vec![
                ("fields", Measured(words)),
                ("stats", statistics(fixture, stats)),
            ])
        }
        "profile" => Some(vec![("tally", tally(fixture, &s))]),
        "census" => Some(vec![("census", census(fixture, &s))]),
        "advance_carried" | "advance_guided" => {
            let stats = s.advance_carried(&step);
            let mut out = moved_positions(fixture, &s);
            out.extend(fates(fixture, &s));
            out.extend([arrived(fixture, &s), ("stats", statistics(fixture, stats))]);
            Some(out)
        }
        "advance_matrix" => {
            let stats = s.advance_matrix(&step);
            let words = s.position[2].iter().flat_map(|p| [*p as u32, (*p >> 32) as u32]);
            let mut out = vec![changed(fixture, "position_z", words)];
            out.extend(fates(fixture, &s));
            let depth = s.carried.depth.iter().map(|d| d.to_bits());
            out.extend([
                changed(fixture, "depth", depth),
                arrived(fixture, &s),
                ("stats", statistics(fixture, stats)),
            ]);
            Some(out)
        }
        "release" => {
            s.release(&step);
            let depth = s.carried.depth.iter().map(|d| d.to_bits());
            Some(vec![
                changed(fixture, "fate", s.carried.fate.iter().copied()),
                changed(fixture, "depth", depth),
                arrived(fixture, &s),
            ])
        }
        "settle" => {
            let stats = BatchStats {
                fullest: s.carried.patches.settle(),
                ..BatchStats::default()
            };
            let p = &s.carried.patches;
            Some(vec![
                changed(fixture, "held", p.held.iter().copied()),
                arrived(fixture, &s),
                changed(fixture, "vacant", p.vacant.iter().map(|v| v.to_bits())),
                ("stats", statistics(fixture, stats)),
            ])
        }
        "approach" => Some(flown(fixture)),
        "slip_speed" => Some(vec![slipping(fixture, s, &step)?]),
        "splat" => Some(vec![("sums", splatted(fixture, &s))]),
        "tint" => Some(vec![tinted(fixture)]),
        "field" => Some(super::field::fixture(fixture)?),
        "advance_dense" if env.cells[0] != 1 || env.cells[1] != 1 => None,
        "advance_dense" => Some(moved(fixture, s, &step, true)),
        "advance_dilute" => Some(moved(fixture, s, &step, false)),
        other => return Err(Error::Internal(format!("the CPU back-end has no kernel {other}"))),
    })
}

/// Fates and clocks.
fn fates(f: &Fixture, s: &State) -> [(&'static str, Measured); 2] {
    let clock = s.carried.clock.iter().flatten();
    [
        changed(f, "fate", s.carried.fate.iter().copied()),
        changed(f, "clock", clock.map(|t| t.to_bits())),
    ]
}

fn flown(f: &Fixture) -> Vec<(&'static str, Measured)> {
    let starts = bytemuck::cast_slice(f.words("starts"));
    let mut ends = f.words("ends").to_vec();
    let mut spent = f.words("spent").to_vec();
    let flown = fly_all(&around(f), &starts[..f.items.min(starts.len())]);
    for (i, end) in flown.iter().enumerate() {
        let [x, y, z] = end.place;
        ends[4 * i..][..4].copy_from_slice(&[x, y, z, end.fate.number()].map(f32::to_bits));
        spent[i] = end.time.to_bits();
    }
    vec![("ends", Measured(ends)), ("spent", Measured(spent))]
}

/// A run has fates where it is a separator, and there a field.
fn slipping(f: &Fixture, mut s: State, step: &Step) -> Result<(&'static str, Measured), Error> {
    s.kind = vec![0; f.items];
    if s.environment.switches & CARRIED == 0 {
        s.carried.fate.clear();
    }
    let speeds = s.slip_speeds(step, s.environment.switches & CROWDED != 0)?;
    Ok(changed(f, "speed", speeds.iter().map(|v| v.to_bits())))
}

fn shot(f: &Fixture) -> Shot {
    *bytemuck::from_bytes(bytemuck::cast_slice(f.words("shot")))
}

fn splatted(f: &Fixture, s: &State) -> Measured {
    let look = Look {
        shot: shot(f),
        blots: bytemuck::cast_slice(f.floats("blots")),
        first: f.page.first,
        channel: f.words("channel"),
        value: f.floats("value"),
    };
    let sums: Vec<AtomicU32> = f.words("sums").iter().map(|w| AtomicU32::new(*w)).collect();
    s.splat(&look, &sums);
    Measured(sums.into_iter().map(AtomicU32::into_inner).collect())
}

fn tinted(f: &Fixture) -> (&'static str, Measured) {
    let mut image = vec![0; f.items];
    let rows = |name: &str| -> Vec<[f32; 4]> {
        let rows = f.floats(name).chunks_exact(4);
        rows.map(|w| [w[0], w[1], w[2], w[3]]).collect()
    };
    colours(
        &shot(f),
        f.words("sums"),
        &rows("palette"),
        &rows("behind"),
        &mut image,
    );
    changed(f, "image", image.into_iter())
}

fn tally(f: &Fixture, s: &State) -> Measured {
    let mut words = f.words("tally").to_vec();
    let bins = f.params.bins as usize;
    for (component, row) in s.tally().iter().enumerate() {
        for (bin, Tally { parcels, volume }) in row.iter().enumerate() {
            let slot = &mut words[3 * (component * bins + bin)..][..3];
            let volume = wide(&slot[1..]) as u64 + volume;
            slot[0] += *parcels as u32;
            slot[1] = volume as u32;
            slot[2] = (volume >> 32) as u32;
        }
    }
    Measured(words)
}

fn moved(f: &Fixture, mut s: State, step: &Step, dense: bool) -> Vec<(&'static str, Measured)> {
    let stats = s.advance(step, dense);
    let mut out = moved_positions(f, &s);
    out.push(("stats", statistics(f, stats)));
    out
}

fn moved_positions(f: &Fixture, s: &State) -> Vec<(&'static str, Measured)> {
    let mut out = Vec::new();
    for (name, moved) in ["position_x", "position_y", "position_z"]
        .into_iter()
        .zip(&s.position)
    {
        let mut all = f.positions(name);
        all[..moved.len()].copy_from_slice(moved);
        out.push((name, positions(&all)));
    }
    out
}

fn census(f: &Fixture, s: &State) -> Measured {
    let mut words = f.words("census").to_vec();
    let counts = s.census();
    for (word, count) in words.iter_mut().zip(counts.iter().flatten()) {
        *word += *count as u32;
    }
    Measured(words)
}
