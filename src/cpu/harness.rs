//! Runs this back-end on the kernels' fixtures: the same loops, chunks and threads as a run.

use super::approach::fly_all;
use super::carrier::by_node;
use super::patches::Patches;
use super::picture::{Look, colours};
use super::state::{Carried, State, largest};
use crate::Error;
use crate::engine::{BatchStats, Tally};
use crate::kernels::approach::around;
use crate::kernels::fields::Field;
use crate::kernels::params::CARRIED;
use crate::kernels::passage::SURFACES;
use crate::kernels::{Fixture, Kernel, Measured, Shot, Step};
use std::sync::atomic::{AtomicU32, Ordering};

fn wide(w: &[u32]) -> i64 {
    (u64::from(w[0]) | u64::from(w[1]) << 32) as i64
}

/// The statistics that `fixture` starts from and those of one more step.
fn statistics(fixture: &Fixture, s: BatchStats) -> Vec<u32> {
    let mut all = fixture.statistics();
    all.greatest = all.greatest.max(s.greatest);
    all.bounded += s.bounded as u32;
    all.fullest = all.fullest.max(s.fullest);
    if let Some((step, parcel)) = s.bad {
        all.report(step, parcel as u32);
    }
    all.words().into()
}

/// A fixture as the state of a run; what it has no buffer for is empty, and the padding behind its items is left out.
fn state(f: &Fixture) -> Result<State, Error> {
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
    Ok(State {
        environment,
        first: u64::from(f.page.first),
        inverse_volume: f
            .floats("inverse_volume")
            .iter()
            .take(cells)
            .map(|v| f64::from(*v))
            .collect(),
        flux: f.floats("flux").to_vec(),
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
        carried: carried(f)?,
        tally: Vec::new(),
        census: Vec::new(),
        sums,
        parts: vec![vec![[0; 4]; cells]; rayon::current_num_threads()],
        fields,
    })
}

/// One word a patch, without the padding.
fn patches(f: &Fixture, name: &str) -> Vec<u32> {
    let n = (SURFACES * f.params.cells[2]) as usize;
    f.words(name).iter().take(n).copied().collect()
}

/// A buffer of a fixture with its first words changed, those of the padding left alone.
fn changed(f: &Fixture, name: &str, words: impl Iterator<Item = u32>) -> Measured {
    let mut all = f.words(name).to_vec();
    all.iter_mut().zip(words).for_each(|(old, new)| *old = new);
    Measured(all)
}

fn carried(f: &Fixture) -> Result<Carried, Error> {
    let pairs = |name: &str| {
        let all = f.floats(name).chunks_exact(2).take(f.items);
        all.map(|w| [w[0], w[1]]).collect()
    };
    let nodes = f.floats("pull").chunks_exact(4);
    Ok(Carried {
        passage: f.passage,
        magnetic: pairs("magnetic"),
        fate: f.words("fate").iter().take(f.items).copied().collect(),
        clock: pairs("clock"),
        pull: nodes.map(|w| [w[0], w[1], w[2], w[3]]).collect(),
        carrier: f.floats("carrier").to_vec(),
        given: by_node(&f.passage, f.floats("carrier"))?,
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
    })
}

/// The outputs of `kernel` on `fixture` as the CPU back-end computes them.
///
/// # Errors
/// [`Error::Internal`] for a kernel that it does not know.
pub fn run_fixture(
    kernel: &'static Kernel,
    fixture: &Fixture,
) -> Result<Vec<(&'static str, Measured)>, Error> {
    let (_, step) = fixture.params.split();
    let mut s = state(fixture)?;
    let mut stats = BatchStats::default();
    // what is no part of the state of a run
    let mut apart = Vec::new();
    match kernel.name {
        "deposit" => {
            let before = s.sums.clone();
            s.deposit();
            // the kernel adds to what is there, the loop starts from zero
            for (now, before) in s.sums.iter_mut().flatten().zip(before.iter().flatten()) {
                *now = now.wrapping_add(*before);
            }
        }
        "fields" => stats = s.fields(),
        // they count, and change nothing
        "profile" | "census" => {}
        "advance_carried" | "advance_guided" => stats = s.advance_carried(&step),
        "advance_matrix" => stats = s.advance_matrix(&step),
        "release" => s.release(&step),
        "settle" => stats.fullest = s.carried.patches.settle(),
        "approach" => apart = flown(fixture),
        "slip_speed" => apart.push(slipping(fixture, &mut s, &step)?),
        "splat" => apart.push(("sums", splatted(fixture, &s))),
        "tint" => apart.push(tinted(fixture)),
        "field" => apart = super::field::fixture(fixture)?,
        "advance_dense" => stats = s.advance(&step, true),
        "advance_dilute" => stats = s.advance(&step, false),
        "advect" => stats = s.advect(&step),
        other => return Err(Error::Internal(format!("the CPU back-end has no kernel {other}"))),
    }
    let outputs =
        kernel.outputs.iter().map(
            |output| match apart.iter().position(|(name, _)| *name == output.buffer) {
                Some(at) => Ok(apart.swap_remove(at)),
                None => Ok((output.buffer, buffer(fixture, &s, stats, output.buffer)?)),
            },
        );
    outputs.collect()
}

/// The buffer of that name after the loop: what the state holds of it, and behind that what the fixture has.
fn buffer(f: &Fixture, s: &State, stats: BatchStats, name: &str) -> Result<Measured, Error> {
    let c = &s.carried;
    let p = &c.patches;
    let wide = |w: u64| [w as u32, (w >> 32) as u32];
    let words: Vec<u32> = match name {
        "position_x" => s.position[0].iter().flat_map(|p| wide(*p)).collect(),
        "position_y" => s.position[1].iter().flat_map(|p| wide(*p)).collect(),
        "position_z" => s.position[2].iter().flat_map(|p| wide(*p)).collect(),
        "fate" => c.fate.clone(),
        "clock" => c.clock.iter().flatten().map(|t| t.to_bits()).collect(),
        "depth" => c.depth.iter().map(|d| d.to_bits()).collect(),
        "arrived" => p.arrived.iter().map(|a| a.load(Ordering::Relaxed)).collect(),
        "held" => p.held.clone(),
        "vacant" => p.vacant.iter().map(|v| v.to_bits()).collect(),
        "sums" => s.sums.iter().flatten().flat_map(|s| wide(*s as u64)).collect(),
        "fields" => s.fields.iter().flat_map(|f| f.row().map(f32::to_bits)).collect(),
        "stats" => statistics(f, stats),
        "tally" => tally(f, s),
        "census" => census(f, s),
        other => {
            return Err(Error::Internal(format!(
                "the CPU back-end has no buffer `{other}`"
            )));
        }
    };
    Ok(changed(f, name, words.into_iter()))
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
fn slipping(f: &Fixture, s: &mut State, step: &Step) -> Result<(&'static str, Measured), Error> {
    s.kind = vec![0; f.items];
    if s.environment.switches & CARRIED == 0 {
        s.carried.fate.clear();
    }
    let speeds = s.slip_speeds(step)?;
    Ok(("speed", changed(f, "speed", speeds.iter().map(|v| v.to_bits()))))
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
    ("image", changed(f, "image", image.into_iter()))
}

/// The counts of the fixture and those of the state.
fn tally(f: &Fixture, s: &State) -> Vec<u32> {
    let mut words = f.words("tally").to_vec();
    let bins = f.params.bins as usize;
    for (component, row) in s.tally().iter().enumerate() {
        for (bin, Tally { parcels, volume }) in row.iter().enumerate() {
            let slot = &mut words.as_chunks_mut().0[component * bins + bin];
            let before = Tally::from_words(*slot);
            let now = Tally {
                parcels: before.parcels + parcels,
                volume: before.volume + volume,
            };
            *slot = now.words();
        }
    }
    words
}

/// As [`tally`].
fn census(f: &Fixture, s: &State) -> Vec<u32> {
    let mut words = f.words("census").to_vec();
    let counts = s.census();
    for (word, count) in words.iter_mut().zip(counts.iter().flatten()) {
        *word += *count as u32;
    }
    words
}
