//! What a person should look at before running a separator: where the model does not hold, or holds badly.

use super::super::typical::Typical;
use super::SeparatorForecast;
use super::table::percent;
use crate::Error;
use crate::chamber::duct::Section;
use crate::engine::{Setup, parcels_held};
use crate::flow::Profile;
use crate::scenario::Scene;
use crate::units::{Dimension, digits, show};

/// Reynolds number above which a flow through a pipe may become turbulent (Rott, Annu. Rev. Fluid Mech. 22:1-11, 1990).
const TURBULENT: f64 = 2000.0;

/// Particle Reynolds number above which Stokes' drag is worth a warning, as in vessels.
const REYNOLDS: f64 = 0.1;

/// Radius of a cell over that of a collector from which on it is worth a warning that cells are taken as points there: the area
/// that a creeping flow brings within reach of a cell of radius R goes as R2, and is then near that of weak magnets.
const WIDE: f64 = 0.05;

/// How much more the drag of a closed layer of beads may be than the one taken until it is worth a warning.
const DRAG: f64 = 1.1;

/// All of them; `strongest` is |B| [T] and force density [nN/um3] where the force is greatest.
///
/// # Errors
/// [`Error::Input`] for cells that cannot carry their beads.
pub fn all(
    f: &SeparatorForecast,
    scene: &Scene,
    strongest: Option<(f64, f64)>,
) -> Result<Vec<String>, Error> {
    let s = &scene.setup;
    let mut out = flow(f, s);
    for c in &s.components {
        let typical = Typical::of(c, s.fluid)?;
        let name = &c.species.name;
        let settling = f
            .species
            .iter()
            .find(|x| &x.name == name)
            .map_or(0.0, |x| x.settling.abs().max(x.spun.unwrap_or(0.0).abs()));
        let pulled = strongest.map_or(0.0, |(b, force)| (typical.at(b) * force).abs());
        out.extend(inertia(s, name, &typical, settling.max(pulled)));
        out.extend(drag(name, &typical));
        out.extend(beside_a_collector(scene, name, &typical));
    }
    out.extend(grainy(s));
    Ok(out)
}

/// Of a cell that is so fast where it is pulled most that Stokes' drag is too small (Schiller & Naumann, see
/// [`crate::laws::schiller_naumann`]).
fn inertia(s: &Setup, name: &str, typical: &Typical, fastest: f64) -> Option<String> {
    // in engine units a Reynolds number needs no factor
    let reynolds = s.fluid.density * fastest * typical.diameter / s.fluid.viscosity;
    (reynolds > REYNOLDS).then(|| {
        format!(
            "where it is fastest the mean `{name}` goes {}: a particle Reynolds number of {}, where Stokes' drag, the only one \
             here, is {} too small",
            show(fastest, Dimension::Velocity),
            digits(reynolds, 2),
            percent(0.15 * reynolds.powf(0.687))
        )
    })
}

/// Of a cell whose beads may drag more than a sphere of the volume of both, which it is taken as.
fn drag(name: &str, typical: &Typical) -> Option<String> {
    let outer = typical.outer?;
    let most = outer / typical.diameter;
    (most > DRAG).then(|| {
        format!(
            "a labelled `{name}` is taken as a sphere of {}, the volume of cell and beads: the least drag there can be. A closed \
             layer of beads is {} wide; with it, it would be pulled up to {} times more slowly",
            show(typical.diameter, Dimension::Length),
            show(outer, Dimension::Length),
            digits(most, 2)
        )
    })
}

/// Of a cell that is not small beside the collectors of a column.
fn beside_a_collector(scene: &Scene, name: &str, typical: &Typical) -> Option<String> {
    let wide = 0.5 * typical.diameter / scene.collector.as_ref()?.radius();
    (wide > WIDE).then(|| {
        format!(
            "`{name}` is {} of a collector's width, but taken as a point there: what it touches without being pulled is not caught, \
             and the pull acts up to the collector's surface, not to its own",
            percent(wide)
        )
    })
}

/// Of the flow and the programme.
fn flow(f: &SeparatorForecast, s: &Setup) -> Vec<String> {
    let mut out = Vec::new();
    let pulled = f.species.iter().any(|x| x.mobility != 0.0);
    if f.phases.first().is_some_and(|p| !p.magnets) && pulled {
        out.push(
            "magnets are off in the first phase, in which the sample comes in: none is caught by its label"
                .into(),
        );
    }
    let profile = s.stream.as_ref().map(|f| &f.profile);
    let laminar = matches!(profile, Some(Profile::Laminar | Profile::Plates));
    if let Some([_, _, _, reynolds, developing]) = f.flow.filter(|_| laminar) {
        if reynolds > TURBULENT {
            out.push(format!(
                "the Reynolds number is {}: above {TURBULENT} a flow need not be laminar",
                digits(reynolds, 3)
            ));
        } else if developing > 0.1 * s.duct().length {
            out.push(format!(
                "the profile develops over {} of the duct's {}; the run takes it as developed from the inlet on",
                show(developing, Dimension::Length),
                show(s.duct().length, Dimension::Length)
            ));
        }
    }
    if let Section::Channel { width, height } = s.duct().section
        && profile == Some(&Profile::Plates)
        && height > 0.2 * width
    {
        out.push(
            "the profile is that between two plates; side walls, left out by it, matter where a channel is not much \
             wider (x) than high (y): \"laminar\" has them"
                .into(),
        );
    }
    out
}

/// Parcels with which a layer is full, below which its filling is coarse: one more or less is 10 %.
const FEW_A_LAYER: f64 = 10.0;

/// What is to be said of surfaces or a matrix that fill by parcels too large for them.
fn grainy(s: &Setup) -> Option<String> {
    let (k, [layer, _]) = parcels_held(s).filter(|(_, held)| held[0] < FEW_A_LAYER)?;
    if layer >= 1.0 {
        return Some(format!(
            "a layer of what fills is full with {} parcels of `{}`: what it holds may be off by about one of them; give more `parcels`",
            digits(layer, 2),
            s.components[k].species.name,
        ));
    }
    Some(format!(
        "a layer of what fills has room for {} of a parcel of `{}`: each takes one, and it holds up to {} times what it should; \
         give more `parcels`, or fewer cells along z in `duct.grid`",
        percent(layer),
        s.components[k].species.name,
        digits(1.0 / layer, 2)
    ))
}
