//! What is known of a run before it begins.

use crate::constants::RPM;
use crate::observe::places;
use crate::render::photo::{Colouring, View};
use crate::window::reading::target;
use crate::window::sim::Work;
use glam::DVec3;

/// The vessel's own numbers, which do not change.
pub(super) struct Facts {
    pub species: Vec<(String, [u8; 3])>,
    pub colourings: Vec<(Colouring, &'static str)>,
    pub views: Vec<(View, &'static str)>,
    /// Radius at which RCF is said [um], and the fastest speed that can be chosen [rad/us], of a rotor.
    pub rotor: Option<(f64, f64)>,
    /// Rate of the pump that the scene gives [um3/us], where there is a flow.
    pub pump: Option<f64>,
    /// The fastest that the pump can be set to [um3/us].
    pub fastest_pump: f64,
    pub magnets: bool,
    /// The outlet or surface for whose sake a separator is run.
    pub target: Option<String>,
    /// Where gravity points in a duct.
    pub gravity: Option<String>,
    /// What parcels can be, by fate: where they are held or left.
    pub fates: Vec<(u32, String)>,
    pub parcels: usize,
    pub duration: f64,
}

pub(super) fn facts(work: &Work) -> Facts {
    let subject = work.subject();
    let named = [
        (Colouring::Species, "species"),
        (Colouring::Eye, "to the eye"),
        (Colouring::Fate, "free or held"),
        (Colouring::Density, "density"),
        (Colouring::Haematocrit, "haematocrit"),
        (Colouring::Load, "magnetic load"),
        (Colouring::Slip, "slip velocity"),
    ];
    let mut views = vec![
        (View::Side, "side"),
        (View::Top, "top"),
        (View::Along, "along the axis"),
        (View::Cut, "cut"),
    ];
    if subject.round() {
        views.push((View::Unrolled, "unrolled"));
    }
    views.extend([(ORBIT, "orbit"), (NEAR, "perspective")]);
    let components = subject.components();
    let (s, outlets) = (&*work.setup, &work.origin.outlets);
    let peak = s.protocol.peak_omega();
    let carried = s.carries();
    // a duct spins as its phases say
    let rotor = (!s.rotor.mounting.on_bench() && !carried)
        .then(|| (s.rotor.bottom_radius, (2.0 * peak).max(1000.0 * RPM)));
    let pump = s.stream.as_ref().map(|_| s.rate());
    let rates = s.protocol.segments().iter().map(|p| p.rate);
    let fastest_pump = rates.fold(5.0 * pump.unwrap_or(0.0), f64::max);
    let fates = if carried { places(s, outlets) } else { Vec::new() };
    Facts {
        species: components
            .iter()
            .map(|c| (c.species.name.clone(), c.species.colour))
            .collect(),
        colourings: named.into_iter().filter(|(c, _)| c.suits(subject)).collect(),
        views,
        rotor,
        pump,
        fastest_pump,
        magnets: s.field.is_some() || s.matrix.is_some(),
        target: carried.then(|| target(s, outlets)).flatten(),
        gravity: carried
            .then(|| gravity(s.gravity(), s.stream.is_some()))
            .flatten(),
        fates: fates.into_iter().map(|p| (p.fate, p.name)).collect(),
        parcels: components.iter().map(|c| c.parcels).sum(),
        duration: s.protocol.duration(),
    }
}

/// Where gravity points, in words; none without gravity.
fn gravity(g: DVec3, flows: bool) -> Option<String> {
    let g = g.try_normalize()?;
    let words = match g.z {
        z if z > 0.999 && flows => "along the flow".to_owned(),
        z if z < -0.999 && flows => "against the flow".to_owned(),
        _ => {
            let names = [("x", g.x), ("y", g.y), ("z", g.z)];
            let axes = names.iter().filter(|(_, c)| c.abs() > 0.03);
            let signed = axes.map(|(name, c)| match *c > 0.0 {
                true => format!("+{name}"),
                false => format!("\u{2212}{name}"),
            });
            format!("towards {}", signed.collect::<Vec<_>>().join(" "))
        }
    };
    Some(words)
}

/// From where an orbit begins.
pub(super) const ORBIT: View = View::Orbit {
    azimuth: 30.0,
    elevation: 20.0,
};

/// The same from an eye nearby.
pub(super) const NEAR: View = View::Perspective {
    azimuth: 30.0,
    elevation: 20.0,
};

pub(super) fn same(a: View, b: View) -> bool {
    std::mem::discriminant(&a) == std::mem::discriminant(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gravity_in_words() {
        let said = |x, y, z, flows| gravity(DVec3::new(x, y, z), flows);
        assert_eq!(said(0.0, 0.0, 9.8, true).as_deref(), Some("along the flow"));
        assert_eq!(said(0.0, 0.0, -9.8, true).as_deref(), Some("against the flow"));
        assert_eq!(said(0.0, 0.0, -9.8, false).as_deref(), Some("towards \u{2212}z"));
        assert_eq!(
            said(-1.0, 0.0, 1.0, true).as_deref(),
            Some("towards \u{2212}x +z")
        );
        assert_eq!(said(0.0, 0.0, 0.0, true), None);
    }
}
