//! Whether a setup can be run at all. A scene file has been through stricter checks; this is for who builds one by hand.

use super::{Lateral, Setup, Suspension};
use crate::chamber::Chamber;
use crate::model::MAX_PARCELS;
use crate::{Error, fixed};

/// Most steps that a run may be asked to take; more would take years.
const MAX_STEPS: f64 = 1e9;

/// Most profiles that a run may take.
pub const MAX_SAMPLES: f64 = 1e5;

impl Setup {
    /// Refuses what would divide by zero, never end or overflow an index.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field, its value and what it may be.
    pub fn check(&self) -> Result<(), Error> {
        let positive = |what: &str, x: f64| {
            let fine = x.is_finite() && x > 0.0;
            if fine {
                Ok(())
            } else {
                Err(wrong(what, x, "a finite number above zero"))
            }
        };
        positive("fluid.density", self.fluid.density)?;
        positive("fluid.viscosity", self.fluid.viscosity)?;
        match self.chamber {
            Chamber::Tube(t) => {
                positive("tube radius", t.radius)?;
                positive("tube height", t.height)?;
            }
            Chamber::Sector(s) => {
                positive("sector meniscus_radius", s.meniscus_radius)?;
                positive("sector height", s.height)?;
                positive("sector angle", s.angle)?;
                positive("sector thickness", s.thickness)?;
            }
        }
        positive("chamber volume", self.chamber.volume())?;
        for (what, r) in [
            ("rotor.meniscus_radius", self.rotor.meniscus_radius),
            ("rotor.bottom_radius", self.rotor.bottom_radius),
        ] {
            if !(r.is_finite() && r >= 0.0) {
                return Err(wrong(what, r, "a finite number that is not negative"));
            }
        }
        if matches!(self.chamber, Chamber::Sector(_)) && self.physics.lateral == Lateral::Resolved {
            return Err(Error::Input(
                "physics.lateral is resolved in a sector; its side walls are not in this version; use Lateral::Mixed or a tube"
                    .into(),
            ));
        }
        if self.layers == 0 || self.layers > fixed::MAX_CELLS {
            return Err(wrong(
                "layers",
                self.layers,
                &format!("1 to {}", fixed::MAX_CELLS),
            ));
        }
        let bins = self.sampling.bins;
        if bins == 0 || u64::from(bins) * u64::from(self.layers) > u64::from(u32::MAX) {
            let most = u32::MAX / self.layers;
            return Err(wrong(
                "sampling.bins",
                bins,
                &format!("1 to {most} with {} layers", self.layers),
            ));
        }
        if self.components.is_empty() {
            return Err(Error::Input("there are no components: nothing would move".into()));
        }
        if self.parcels() > MAX_PARCELS {
            return Err(wrong(
                "the number of parcels",
                self.parcels(),
                &format!("at most {MAX_PARCELS}"),
            ));
        }
        self.check_time()?;
        self.check_physics()
    }

    fn check_time(&self) -> Result<(), Error> {
        let segments = self.protocol.segments();
        for s in segments {
            for (what, x) in [
                ("duration", s.duration),
                ("omega_start", s.omega_start),
                ("omega_end", s.omega_end),
            ] {
                if !(x.is_finite() && x >= 0.0) {
                    return Err(wrong(
                        &format!("protocol {what}"),
                        x,
                        "a finite number that is not negative",
                    ));
                }
            }
        }
        let end = self.protocol.duration();
        let fine = |x: f64| x.is_finite() && x > 0.0;
        if !fine(self.sampling.every) || end / self.sampling.every > MAX_SAMPLES {
            let what = format!("above zero, and so that a run takes at most {MAX_SAMPLES:.0e} profiles");
            return Err(wrong("sampling.every", self.sampling.every, &what));
        }
        if !fine(self.stepping.longest) {
            return Err(wrong(
                "stepping.longest",
                self.stepping.longest,
                "a finite number above zero",
            ));
        }
        if end / self.stepping.longest > MAX_STEPS {
            let what = format!("so long that a run takes at most {MAX_STEPS:.0e} steps");
            return Err(wrong("stepping.longest", self.stepping.longest, &what));
        }
        let courant = self.stepping.courant;
        if !(courant > 0.0 && courant <= 0.5) {
            return Err(wrong("stepping.courant", courant, "above 0 and at most 0.5"));
        }
        Ok(())
    }

    fn check_physics(&self) -> Result<(), Error> {
        let p = &self.physics;
        if !(p.packing_limit > 0.0 && p.packing_limit <= 1.0) {
            return Err(wrong(
                "physics.packing_limit",
                p.packing_limit,
                "above 0 and at most 1",
            ));
        }
        if !(p.packing_width > 0.0 && p.packing_width <= p.packing_limit) {
            return Err(wrong(
                "physics.packing_width",
                p.packing_width,
                "above 0 and at most the packing limit",
            ));
        }
        if !(p.exponent.is_finite() && p.exponent >= 2.0) {
            return Err(wrong("physics.exponent", p.exponent, "at least 2"));
        }
        if p.suspension == Suspension::Dense && p.lateral == Lateral::Resolved {
            return Err(Error::Input(
                "physics.lateral is resolved in a dense suspension; cells pushed to a side wall set the whole \
                 suspension in motion, which needs the flow solver that this version has not; use Lateral::Mixed"
                    .into(),
            ));
        }
        Ok(())
    }
}

fn wrong(what: &str, value: impl std::fmt::Display, may_be: &str) -> Error {
    Error::Input(format!("{what} is {value}; it has to be {may_be}"))
}
