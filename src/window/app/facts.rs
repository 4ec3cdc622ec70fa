//! What is known of a run before it begins.

use crate::constants::RPM;
use crate::model::Mounting;
use crate::observe::places;
use crate::render::photo::{Colouring, View};
use crate::window::sim::Work;

/// The vessel's own numbers, which do not change.
pub(super) struct Facts {
    pub species: Vec<(String, [u8; 3])>,
    pub colourings: Vec<(Colouring, &'static str)>,
    pub views: Vec<(View, &'static str)>,
    /// Radius at which RCF is said [um], and the fastest speed that can be chosen [rad/us], of a rotor.
    pub rotor: Option<(f64, f64)>,
    /// Rate of the pump that the scene gives [um3/us], where there is a flow.
    pub pump: Option<f64>,
    pub magnets: bool,
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
    views.push((ORBIT, "orbit"));
    let components = subject.components();
    let (mut pump, mut fates) = (None, Vec::new());
    let (rotor, magnets, duration) = match work {
        Work::Vessel(s, _) => {
            let peak = s.protocol.peak_omega();
            let rotor = (s.rotor.mounting != Mounting::Bench)
                .then(|| (s.rotor.bottom_radius, (2.0 * peak).max(1000.0 * RPM)));
            (rotor, false, s.protocol.duration())
        }
        Work::Duct(s, _, origin) => {
            pump = s.stream.map(|stream| stream.rate);
            fates = places(s, &origin.outlets)
                .into_iter()
                .map(|p| (p.fate, p.name))
                .collect();
            (None, s.field.is_some() || s.matrix.is_some(), s.duration)
        }
    };
    Facts {
        species: components
            .iter()
            .map(|c| (c.species.name.clone(), c.species.colour))
            .collect(),
        colourings: named.into_iter().filter(|(c, _)| c.suits(subject)).collect(),
        views,
        rotor,
        pump,
        magnets,
        fates,
        parcels: components.iter().map(|c| c.parcels).sum(),
        duration,
    }
}

/// From where an orbit begins.
pub(super) const ORBIT: View = View::Orbit {
    azimuth: 30.0,
    elevation: 20.0,
};

pub(super) fn same(a: View, b: View) -> bool {
    std::mem::discriminant(&a) == std::mem::discriminant(&b)
}
