//! `buffycoat field`: the field of a separator's magnets on a grid over its duct.

use super::failure::Failure;
use super::options::{Changes, DeviceOptions, SceneOptions};
use super::place::{ending, spare, try_file};
use super::progress::preparing;
use super::{print, say};
use buffycoat::constants::MILLIMETRE;
use buffycoat::devices::Wanted;
use buffycoat::magnets::{Field, FieldPoint, MOST_NODES, Packed};
use buffycoat::output::atomic;
use buffycoat::units::{Dimension, digits, show};
use buffycoat::{Error, memory};
use clap::Args;
use glam::DVec3;
use std::io::Write;
use std::path::PathBuf;

/// Force density of 1 nN/um3 [T A/m2].
const SI: f64 = 1e9;

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A scene file of a separator, or the name of a bundled one (see `buffycoat list scenes`)
    scene: PathBuf,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    device: DeviceOptions,
    /// Nodes across (x, y) and along the duct (z), its walls and ends among them
    #[arg(long, value_name = "NXxNYxNZ", default_value = "33x33x129", value_parser = grid)]
    grid: [usize; 3],
    /// Writes B, |B| and the force density of every node as comma-separated text, which a `map` magnet reads
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// `NXxNYxNZ`.
fn grid(text: &str) -> Result<[usize; 3], String> {
    let numbers: Option<Vec<usize>> = text.split('x').map(|n| n.trim().parse().ok()).collect();
    let counts: [usize; 3] = numbers
        .and_then(|n| n.try_into().ok())
        .ok_or("three numbers of nodes are needed, such as 33x33x129")?;
    let all = counts.iter().fold(1_u64, |t, n| t.saturating_mul(*n as u64));
    if counts.iter().any(|n| *n < 2) || all > MOST_NODES {
        return Err(format!(
            "{all} nodes: each axis needs 2 or more, and {MOST_NODES} in all are possible"
        ));
    }
    Ok(counts)
}

/// A node at which there is a field.
struct NodeField {
    at: DVec3,
    p: FieldPoint,
    /// Whether it is in the duct or on its walls, where a cell can be; the corners of the box around a round duct are not.
    inside: bool,
}

pub fn field(options: &Options) -> Result<(), Failure> {
    let scene = SceneOptions {
        scene: Some(options.scene.clone()),
        parcels: None,
        changes: options.changes.clone(),
    };
    let loaded = scene.load_all()?;
    if let Some(path) = &options.output {
        spare(path, &loaded.sources)?;
        ending(path, &["csv"], "a field is")?;
        try_file(path)?;
    }
    let no_magnets = || {
        Error::Input(format!(
            "{} has no magnets; a field is that of a separator's [[magnet]]",
            options.scene.display()
        ))
    };
    let scene = loaded.scene;
    let field = scene.setup.field.as_ref().ok_or_else(no_magnets)?;
    let duct = scene.setup.duct();
    let (low, high) = duct.bounds();
    let (low, high) = (DVec3::from_array(low), DVec3::from_array(high));
    let many: usize = options.grid.iter().product();
    // the place twice, the answer, and what is kept of it; the device has its own copies of the first two
    let each = 2 * size_of::<DVec3>()
        + 2 * size_of::<Answers>().max(size_of::<NodeField>())
        + 2 * size_of::<NodeField>();
    memory::of_work(
        &format!("a field at {many} nodes"),
        memory::RUN_BYTES + (many * each) as u64,
        "take fewer nodes with --grid, or close other programs",
        memory::available(),
    )?;
    let points = nodes(low, high, options.grid);
    let wait = preparing("computing the field of the magnets");
    let (answers, device) = ask(field, &points, [low, high], &options.device)?;
    drop(wait);
    let (mut known, mut without) = (Vec::with_capacity(points.len()), 0_usize);
    for (at, answer) in points.into_iter().zip(answers) {
        match answer {
            Ok(p) => known.push(NodeField {
                at,
                p,
                inside: duct.distance(at.to_array()) >= 0.0,
            }),
            // a corner of the box around a round duct may lie in a magnet or beyond its poles
            Err(_) if duct.distance(at.to_array()) < 0.0 => without += 1,
            Err(e) => return Err(Error::from(e).into()),
        }
    }
    if let Some(path) = &options.output {
        atomic::write(path, |out| csv(out, &known))?;
        if without > 0 {
            say(&format!(
                "warning: {without} nodes outside the duct have no field and were left out. A map may lack them where no cells come near"
            ));
        }
    }
    let [x, y, z] = options.grid;
    let size = (high - low)
        .to_array()
        .map(|s| show(s, Dimension::Length))
        .join(" x ");
    let mut out = format!("{}\n{}\n\n", scene.title, scene.path);
    out.push_str(&format!("grid           {x} x {y} x {z} nodes over {size}\n"));
    out.push_str(&format!("computed on    {device}\n"));
    let inside: Vec<&NodeField> = known.iter().filter(|n| n.inside).collect();
    out.push_str(&match inside.len() {
        0 => "in the duct    none of them: take more with --grid\n".to_owned(),
        n => format!(
            "in the duct    {n} of {}; the numbers below are of these\n",
            x * y * z
        ),
    });
    let b = |n: &NodeField| n.p.magnitude();
    let force = |n: &NodeField| SI * n.p.force_density().length();
    out.push_str(&row("|B|", &inside, b, |b| show(b, Dimension::FluxDensity)));
    out.push_str(&row("force density", &inside, force, |f| {
        format!("{f:.3e} T A/m2")
    }));
    if let Some(path) = &options.output {
        out.push_str(&format!("written        {}\n", path.display()));
    }
    print(&out)
}

/// Greatest and mean of a quantity, and the place of the greatest.
fn row(
    name: &str,
    nodes: &[&NodeField],
    value: impl Fn(&NodeField) -> f64,
    text: impl Fn(f64) -> String,
) -> String {
    let value = |n: &&NodeField| value(n);
    let mean = nodes.iter().map(value).sum::<f64>() / nodes.len().max(1) as f64;
    let greatest = nodes.iter().max_by(|a, b| value(a).total_cmp(&value(b)));
    let Some(most) = greatest else {
        return String::new();
    };
    let [x, y, z] = (most.at / MILLIMETRE).to_array().map(|x| digits(x, 4));
    format!(
        "{name:13}  {} at most, at ({x}, {y}, {z}) mm; {} in the mean\n",
        text(value(most)),
        text(mean)
    )
}

/// The nodes, x fastest.
fn nodes(low: DVec3, high: DVec3, [nx, ny, nz]: [usize; 3]) -> Vec<DVec3> {
    // both ends to the last bit, for what is outside of a map by a rounding is outside
    let along = |low: f64, high: f64, k: usize, n: usize| {
        let t = k as f64 / (n - 1) as f64;
        low * (1.0 - t) + high * t
    };
    let mut out = Vec::with_capacity(nx * ny * nz);
    for k in 0..nz {
        for j in 0..ny {
            for i in 0..nx {
                out.push(DVec3::new(
                    along(low.x, high.x, i, nx),
                    along(low.y, high.y, j, ny),
                    along(low.z, high.z, k, nz),
                ));
            }
        }
    }
    out
}

type Answers = Vec<Result<FieldPoint, buffycoat::magnets::MagnetError>>;

/// The field at `points`, and what computed it. A field map has no kernel: unless a GPU was asked for, the CPU looks it up.
fn ask(
    field: &Field,
    points: &[DVec3],
    [low, high]: [DVec3; 2],
    device: &DeviceOptions,
) -> Result<(Answers, String), Error> {
    let mut choice = device.choice();
    if choice.backend == Wanted::Auto && choice.device.is_none() && Packed::new(field, low, high).is_err() {
        choice.backend = Wanted::Cpu;
    }
    let pilot = choice.decide()?.pilot()?;
    Ok((pilot.field(field, points)?, pilot.name()))
}

fn csv(out: &mut dyn Write, nodes: &[NodeField]) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(out);
    writeln!(
        out,
        "x [um],y [um],z [um],Bx [T],By [T],Bz [T],|B| [T],fx [T A/m2],fy [T A/m2],fz [T A/m2]"
    )?;
    for n in nodes {
        let [x, y, z] = n.at.to_array();
        let [bx, by, bz] = n.p.b.to_array();
        let [fx, fy, fz] = (SI * n.p.force_density()).to_array();
        let b = n.p.magnitude();
        writeln!(out, "{x},{y},{z},{bx:e},{by:e},{bz:e},{b:e},{fx:e},{fy:e},{fz:e}")?;
    }
    out.flush()
}
