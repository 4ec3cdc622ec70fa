//! Refuses setups with a flow, magnets or holding walls that cannot be run.

use super::{Drag, Holding, Lateral, Setup, Suspension};
use crate::Error;
use crate::flow::{Feed, MOST_OUTLETS, Profile, check_ports};
use crate::model::MagneticResponse;
use crate::model::Mounting;
use crate::times::Time;

/// Most counts that a run may take.
const MOST_COUNTS: i64 = 100_000;

impl Setup {
    /// Refuses what cannot be run where a flow or a field carries parcels.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field, its value and what it may be.
    pub(crate) fn check_carried(&self) -> Result<(), Error> {
        let wrong = |what: &str, value: String, may_be: &str| {
            Err(Error::Input(format!("{what} is {value}; it has to be {may_be}")))
        };
        let mut positive = self.duct().section.lengths().to_vec();
        positive.extend([
            ("the length of the duct", self.duct().length),
            ("the duration", self.duration().us()),
            ("the interval between counts", self.sampling.every.us()),
            ("the viscosity", self.fluid.viscosity),
            ("the density of the fluid", self.fluid.density),
        ]);
        if self.stream.is_some() {
            positive.push(("the flow rate", self.rate()));
        }
        if let Feed::Inlets { over } = self.ports.feed {
            positive.push(("the time of feeding", over));
        }
        for (what, x) in positive {
            if !(x.is_finite() && x > 0.0) {
                return wrong(what, x.to_string(), "a finite number above zero");
            }
        }
        if self.circulation.is_some() {
            return Err(Error::Input(
"a circulation needs a closed vessel (Lateral::Mixed); what flows through a duct is its stream"
                    .into(),
            ));
        }
        if self.components.is_empty() {
            return Err(Error::Input("there are no cells: nothing would move".into()));
        }
        if !(self.stepping.courant > 0.0 && self.stepping.courant <= 1.0) {
            return wrong(
                "the Courant number",
                self.stepping.courant.to_string(),
                "above 0 and at most 1",
            );
        }
        if self.cells.iter().any(|c| *c == 0 || *c > 4096) {
            return wrong("a number of grid cells", format!("{:?}", self.cells), "1 to 4096");
        }
        match self.rotor.mounting {
            Mounting::Bench { gravity } if gravity.is_finite() => {}
            Mounting::Bench { gravity } => return wrong("gravity", gravity.to_string(), "finite"),
            Mounting::Fixed { gravity, arm } => {
                if !(gravity.is_finite() && gravity.length() > 0.0) {
                    return wrong(
                        "gravity",
                        gravity.to_string(),
                        "finite, and along the rotor's axis",
                    );
                }
                if !(arm.is_finite() && arm.dot(gravity).abs() <= 1e-9 * arm.length() * gravity.length()) {
                    return wrong(
                        "the way from the rotor's axis",
                        arm.to_string(),
                        "finite, and across gravity",
                    );
                }
                if self.matrix.is_some() {
                    return Err(Error::Input(
                        "a column does not spin: how a matrix catches cells is known where they come with the flow along its axis, and \
                         centrifugal force would drive them across it"
                            .into(),
                    ));
                }
            }
            Mounting::SwingOut | Mounting::Horizontal => {
                return Err(Error::Input(
                    "a duct neither swings out nor is a horizontal vessel: take Rotor::fixed, or hold it on the bench".into(),
                ));
            }
        }
        let p = &self.physics;
        let alone = p.suspension == Suspension::Dilute && p.lateral == Lateral::Resolved;
        if !alone || p.coriolis || p.drag != Drag::Stokes {
            return Err(Error::Input(
                "in a duct every cell is alone in the fluid, with the drag of Stokes and without Coriolis force: take Physics::carried()".into(),
            ));
        }
        let speeds = self
            .protocol
            .segments()
            .iter()
            .flat_map(|s| [s.omega_start, s.omega_end]);
        if let Some(omega) = speeds.into_iter().find(|x| !(x.is_finite() && *x >= 0.0)) {
            return wrong(
                "the speed of the rotor",
                omega.to_string(),
                "a finite number, not negative",
            );
        }
        let radii = [self.rotor.meniscus_radius, self.rotor.bottom_radius];
        if !(radii[1].is_finite() && radii[0] >= 0.0 && radii[0] <= radii[1]) {
            return wrong(
                "the distance of the duct from the rotor's axis",
                format!("{radii:?}"),
                "finite and ascending",
            );
        }
        let turns = self.protocol.peak_omega();
        if turns != 0.0 && self.rotor.mounting.on_bench() {
            return wrong("the speed of the rotor", turns.to_string(), "zero on the bench");
        }
        let longest = self.stepping.longest;
        if longest.is_nan() || longest <= 0.0 {
            return wrong("the longest step", longest.to_string(), "above zero");
        }
        let ends = (
            self.ports.feed,
            self.ports.inlets.as_slice(),
            self.ports.splits.as_slice(),
        );
        check_ports(&self.duct(), self.stream.as_ref(), ends)?;
        let fed = matches!(self.ports.feed, Feed::Inlets { .. });
        if let Some(c) = self
            .components
            .iter()
            .find(|c| fed && c.inlet >= self.ports.inlets.len())
        {
            return wrong(
                &format!("the inlet of {}", c.species.name),
                format!("number {}", c.inlet),
                &format!("one of the {} that there are, from 0", self.ports.inlets.len()),
            );
        }
        if self.duration().parts(self.sampling.every) > MOST_COUNTS {
            return wrong(
                "the interval between counts",
                format!("{} us", self.sampling.every.us()),
                "longer: there would be too many",
            );
        }
        self.check_programme()?;
        self.check_cells()
    }

    fn check_programme(&self) -> Result<(), Error> {
        let wrong = |why: String| Err(Error::Input(why));
        if let Some(c) = self.coverage.filter(|c| !(c.is_finite() && *c > 0.0)) {
            return wrong(format!("walls may be covered to {c}; it has to be above zero"));
        }
        if let Some(matrix) = &self.matrix {
            matrix.check(self.components.len())?;
            if self.stream.as_ref().is_none_or(|s| s.profile != Profile::Plug) {
                return wrong("a column with a matrix needs a flow, which is plug flow".into());
            }
            if self.field.is_some() || self.coverage.is_some() || self.holding != Holding::default() {
                return wrong(
                    "in a column the matrix makes the field and holds the cells: no magnets and no holding walls besides".into(),
                );
            }
            if self.cells[0] != 1 || self.cells[1] != 1 {
                return wrong(format!(
                    "a column has one grid cell across, not {} x {}",
                    self.cells[0], self.cells[1]
                ));
            }
        }
        let segments = self.protocol.segments();
        if let Some(s) = segments.iter().find(|s| {
            !(s.duration > Time::ZERO && s.duration < Time::NEVER && s.rate.is_finite() && s.rate >= 0.0)
        }) {
            return wrong(format!(
                "a phase of {} us at {} um3/us cannot be",
                s.duration.us(),
                s.rate
            ));
        }
        if self.stream.is_none() && segments.iter().any(|s| s.rate != 0.0 || s.outlet != 0) {
            return wrong("a phase has a rate or an outlet, but there is no flow".into());
        }
        let outlets = segments.iter().map(|s| s.outlet as usize).max().unwrap_or(0);
        if outlets >= MOST_OUTLETS || (!self.ports.splits.is_empty() && outlets > 0) {
            return wrong(format!(
                "outlets are told apart by phases or by strips, not by both, and there are at most {MOST_OUTLETS}"
            ));
        }
        Ok(())
    }

    fn check_cells(&self) -> Result<(), Error> {
        for c in &self.components {
            let name = &c.species.name;
            let fine = match c.response {
                MagneticResponse::None | MagneticResponse::FreeBead { .. } => true,
                MagneticResponse::Mobility {
                    median,
                    spread,
                    per_field,
                } => {
                    let saturates = per_field >= 0.0 && per_field.is_finite();
                    median.is_finite() && (0.0..=3.0).contains(&spread) && saturates
                }
                MagneticResponse::Beads { susceptibility, .. } => susceptibility.is_finite(),
            };
            if let MagneticResponse::Beads {
                bead,
                loading,
                susceptibility,
            } = c.response
            {
                let own = std::f64::consts::PI / 6.0 * c.species.diameter.powi(3) * susceptibility.abs();
                let beads = loading.mean() * bead.mean_volume() * bead.curve.susceptibility();
                if own > 0.02 * beads {
                    return Err(Error::Input(format!(
                        "{name}: its own susceptibility ({susceptibility:e}) counts for more than a fiftieth of its beads', and \
                         would have to be kept apart from theirs, which saturate; leave it out or give a measured mobility"
                    )));
                }
            }
            if !fine {
                return Err(Error::Input(format!(
                    "{name}: its magnetic mobility, susceptibility or saturation is not finite, or the spread is not within 0 and 3"
                )));
            }
        }
        Ok(())
    }
}
