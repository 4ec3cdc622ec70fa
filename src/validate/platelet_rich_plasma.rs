//! C23: a soft spin that leaves the platelets in the plasma.

use super::lab::Seen;
use super::reference::Reference;
use super::{Case, Check, Lab};
use crate::Error;
use crate::chamber::{Chamber, tube::Tube};
use crate::constants::{MILLILITRE, SECOND, STANDARD_GRAVITY};
use crate::engine::Setup;
use crate::fixed;
use crate::library;
use crate::model::{CellClass, Parcels, Protocol, Rotor};
use crate::observe::recovery::cells;
use crate::observe::{Contents, LayerKind, Layers, Share, Specimen, classes};
use crate::rng;
use crate::scenario::Scene;

pub(super) const CASE: Case = Case {
    id: "C23",
    method: "examples/scenes/prp_soft_spin.toml: whole blood of the library in plasma at 22 degC, rouleaux factor 12, \
             35 mm column, 100 g for 10 min; platelets above the red-cell surface against all platelets",
    on_host: false,
    run,
};

const SCENE: &str = include_str!("../../examples/scenes/prp_soft_spin.toml");

fn run(lab: &mut Lab<'_>, c: &Reference) -> Result<Vec<Check>, Error> {
    let mut setup = Scene::from_str("prp_soft_spin.toml", SCENE)?.setup;
    let parcels = lab.draw(&mut setup)?;
    let seen = lab.run_with(&setup, &parcels)?;
    let first = soft_spin(&setup, &seen);
    lab.note(format!(
        "Assumed: 22 degC (the case does not say; plasma is {:.2} mPa s there), the height of the column, haematocrit 42 %. \
         The red-cell surface is at {:.1} mm of {:.1}.",
        setup.fluid.viscosity,
        first.surface / 1e3,
        setup.chamber.height() / 1e3
    ));
    lab.note(format!(
        "All that lies above the red cells counts, as if the plasma were drawn off with the leukocytes on the red cells; \
         without that band it would be {:.1} %.",
        100.0 * first.clear
    ));
    // warmer plasma is thinner, and everything goes further in the same time
    let mut warm = setup.clone();
    warm.fluid = library::medium("plasma", 37.0)?.fluid;
    let warm_parcels = warm.draw()?;
    let warm_seen = lab.run_with(&warm, &warm_parcels)?;
    let at_37 = soft_spin(&warm, &warm_seen);
    lab.note(format!("At 37 degC it would be {:.1} %.", 100.0 * at_37.recovery));
    let enrichment = hard_spin(lab, &setup, &parcels, &seen, first)?;
    lab.note(enrichment);
    Ok(vec![c.check(
        "platelets above the red cells, {force}, {duration}",
        "%",
        100.0 * first.recovery,
    )?])
}

/// What the soft spin leaves above the red cells.
#[derive(Clone, Copy)]
struct Soft {
    /// Depth of the red-cell surface [um]; not a number if there is none.
    surface: f64,
    /// Share of all platelets above it.
    recovery: f64,
    /// Share of all platelets above the band of leukocytes on it too; the same if there is none.
    clear: f64,
}

fn soft_spin(setup: &Setup, seen: &Seen) -> Soft {
    let classes = classes(setup);
    let p = &seen.outcome.profile;
    let specimen = Specimen::of(setup, true);
    let layers = Layers::find(p, &specimen, None);
    let Some(surface) = layers.red_cell_surface else {
        let none = f64::NAN;
        return Soft {
            surface: none,
            recovery: none,
            clear: none,
        };
    };
    let contents = Contents::of(p, &specimen, &layers);
    let of = |s: &&Share| classes.get(s.component) == Some(&CellClass::Platelet);
    let plasma = contents.get(LayerKind::Plasma);
    let clear = plasma.and_then(|l| l.shares.iter().find(of));
    Soft {
        surface,
        recovery: contents.platelets_above_red_cells.unwrap_or(f64::NAN),
        clear: clear.map_or(f64::NAN, |s| s.recovery),
    }
}

/// The second spin: the plasma with all that is in it goes into a fresh tube and is mixed; 400 g, 10 min. Says what came
/// of it.
fn hard_spin(
    lab: &mut Lab<'_>,
    setup: &Setup,
    parcels: &Parcels,
    seen: &Seen,
    first: Soft,
) -> Result<String, Error> {
    let Chamber::Tube(tube) = setup.chamber else {
        return Ok("The second spin was not run.".into());
    };
    if first.surface.is_nan() || first.surface <= 0.0 {
        return Ok("The second spin was not run: there is no plasma layer.".into());
    }
    let bottom = setup.rotor.bottom_radius;
    let height = first.surface;
    let mut second = setup.clone();
    second.chamber = Chamber::Tube(Tube { height, ..tube });
    second.cells[2] = (f64::from(setup.layers()) * height / tube.height).ceil() as u32;
    second.sampling.bins = second.layers();
    second.rotor = Rotor {
        meniscus_radius: bottom - height,
        ..setup.rotor
    };
    let omega = (400.0 * STANDARD_GRAVITY / (bottom - 0.5 * height)).sqrt();
    second.protocol = Protocol::new(0.0)
        .ramp(omega, 10.0 * SECOND)
        .hold(600.0 * SECOND)
        .ramp(0.0, 20.0 * SECOND);
    let moved = decant(parcels, seen, first.surface, &mut second);
    let run = lab.run_with(&second, &moved)?;
    let p = &run.outcome.profile;
    let blood = setup.chamber.volume();
    let platelet = classes(&second)
        .iter()
        .position(|c| *c == CellClass::Platelet)
        .unwrap_or(0);
    let before: f64 = seen.outcome.profile.parcels[platelet].iter().sum::<u64>() as f64
        * seen.outcome.profile.weight[platelet];
    let per_blood = before / blood;
    // what the platelet-rich plasma is made of: the lowest part of the tube, with the pellet shaken up in it
    let in_lowest = |volume: f64| -> f64 {
        let top = height * (1.0 - volume / second.chamber.volume());
        cells(p, platelet, top, p.edges[p.bins()])
    };
    let half = 0.5 * MILLILITRE;
    let kept = in_lowest(half);
    Ok(format!(
        "The second spin was run with the {:.2} mL of plasma and the cells in it, mixed: after 400 g, 10 min the lowest \
         {:.1} mL hold {:.0} % of the platelets of the blood, {:.1} times its concentration. That volume is our choice \
         (the case names none), so the 5 times of the case are not compared.",
        second.chamber.volume() / MILLILITRE,
        half / MILLILITRE,
        100.0 * kept / before,
        kept / half / per_blood
    ))
}

/// The parcels above `surface`, spread evenly over the vessel of `second`, whose components are told how many they are.
fn decant(parcels: &Parcels, seen: &Seen, surface: f64, second: &mut Setup) -> Parcels {
    let grid = second.grid();
    let mut out = Parcels {
        moment_unit: parcels.moment_unit,
        weight: parcels.weight.clone(),
        volume: vec![0.0; parcels.volume.len()],
        ..Parcels::default()
    };
    let z = &seen.outcome.snapshot.position[2];
    let mut count = vec![0_u64; second.components.len()];
    for i in (0..parcels.len()).filter(|i| f64::from(z[*i]) < surface) {
        let k = parcels.kind[i] as usize;
        let u = rng::roberts4(count[k], rng::unit_vector(second.seed, k as u64));
        count[k] += 1;
        let q = second.chamber.place(u[0], u[1], u[2]);
        for (axis, x) in q.into_iter().enumerate() {
            out.position[axis].push(fixed::from_cells(grid.coordinate(axis, x), grid.cells[axis]));
        }
        out.mobility.push(parcels.mobility[i]);
        out.excess.push(parcels.excess[i]);
        out.moments.push(parcels.moments[i]);
        out.kind.push(parcels.kind[i]);
        out.volume[k] += f64::from(parcels.moments[i][0]) * parcels.moment_unit[0];
    }
    for (component, n) in second.components.iter_mut().zip(count) {
        component.parcels = n as usize;
    }
    out
}
