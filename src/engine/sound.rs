//! Whether a setup can be run at all. A scene file has been through stricter checks; this is for who builds one by hand.

use super::{Holding, Lateral, Setup, Suspension};
use crate::chamber::Chamber;
use crate::flow::Feed;
use crate::model::{MAX_PARCELS, Mounting};
use crate::times::Time;
use crate::{Error, fixed};

/// Most steps that a run may be asked to take; more would take years.
pub const MAX_STEPS: f64 = 1e9;

/// Most profiles that a run may take.
pub const MAX_SAMPLES: f64 = 1e5;

/// The part of a [`Setup`] that cannot be as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// Density or viscosity of the fluid.
    Fluid,
    /// Geometry of the vessel.
    Chamber,
    /// Radii of the rotor.
    Rotor,
    /// The last of [`Setup::cells`].
    Layers,
    /// [`Sampling::bins`](super::Sampling::bins).
    Bins,
    /// [`Sampling::every`](super::Sampling::every).
    Every,
    /// [`Setup::components`], or how many parcels they have.
    Components,
    /// Durations and speeds of the programme.
    Protocol,
    /// [`Stepping::longest`](super::Stepping::longest).
    Longest,
    /// [`Stepping::courant`](super::Stepping::courant).
    Courant,
    /// [`Physics::packing_limit`](super::Physics::packing_limit).
    PackingLimit,
    /// [`Physics::packing_width`](super::Physics::packing_width).
    PackingWidth,
    /// [`Physics::exponent`](super::Physics::exponent).
    Exponent,
    /// [`Physics::lateral`](super::Physics::lateral).
    Lateral,
    /// A flow, ports, magnets, holding walls or what belongs to them.
    Parts,
}

/// Why a setup cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    /// The part that would have to change.
    pub field: Field,
    /// Its name, value and what it may be.
    pub what: String,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Input(fault.what)
    }
}

impl Setup {
    /// Refuses what would divide by zero, never end or overflow an index.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field, its value and what it may be.
    pub fn check(&self) -> Result<(), Error> {
        if let Some(channel) = &self.channel {
            return channel.check();
        }
        if self.carries() {
            return self.check_carried();
        }
        Ok(self.sound()?)
    }

    /// As [`Setup::check`] for a closed vessel, and says which field it is.
    ///
    /// # Errors
    /// [`Fault`], with the field and a message that names it, its value and what it may be.
    pub fn sound(&self) -> Result<(), Fault> {
        let positive = |field: Field, what: &str, x: f64| {
            let fine = x.is_finite() && x > 0.0;
            if fine {
                Ok(())
            } else {
                Err(wrong(field, what, x, "a finite number above zero"))
            }
        };
        positive(Field::Fluid, "fluid.density", self.fluid.density)?;
        positive(Field::Fluid, "fluid.viscosity", self.fluid.viscosity)?;
        match self.chamber {
            Chamber::Tube(t) => {
                positive(Field::Chamber, "tube radius", t.radius)?;
                positive(Field::Chamber, "tube height", t.height)?;
            }
            Chamber::Sector(s) => {
                positive(Field::Chamber, "sector meniscus_radius", s.meniscus_radius)?;
                positive(Field::Chamber, "sector height", s.height)?;
                positive(Field::Chamber, "sector angle", s.angle)?;
                positive(Field::Chamber, "sector thickness", s.thickness)?;
            }
            Chamber::Duct(d) => {
                for (what, x) in d.section.lengths() {
                    positive(Field::Chamber, what, x)?;
                }
                positive(Field::Chamber, "the length of the duct", d.length)?;
            }
        }
        if let Some(part) = self.part_of_a_duct() {
            return Err(Fault {
                field: Field::Parts,
                what: format!(
                    "the vessel has {part}; in this version only a duct in which cells are followed in three dimensions (Physics::carried()) can have that"
                ),
            });
        }
        self.check_grid()?;
        self.check_mounting()?;
        positive(Field::Chamber, "chamber volume", self.chamber.volume())?;
        for (what, r) in [
            ("rotor.meniscus_radius", self.rotor.meniscus_radius),
            ("rotor.bottom_radius", self.rotor.bottom_radius),
        ] {
            if !(r.is_finite() && r >= 0.0) {
                return Err(wrong(
                    Field::Rotor,
                    what,
                    r,
                    "a finite number that is not negative",
                ));
            }
        }
        if !matches!(self.chamber, Chamber::Tube(_)) && self.physics.lateral == Lateral::Resolved {
            return Err(Fault {
                field: Field::Lateral,
                what: "physics.lateral is resolved in a closed vessel other than a tube, whose side walls are not modelled yet; use \
                       Lateral::Mixed or a tube"
                    .into(),
            });
        }
        if self.layers() == 0 || self.layers() > fixed::MAX_CELLS {
            return Err(wrong(
                Field::Layers,
                "layers",
                self.layers(),
                &format!("1 to {}", fixed::MAX_CELLS),
            ));
        }
        let bins = self.sampling.bins;
        if bins == 0 || u64::from(bins) * u64::from(self.layers()) > u64::from(u32::MAX) {
            let most = u32::MAX / self.layers();
            return Err(wrong(
                Field::Bins,
                "sampling.bins",
                bins,
                &format!("1 to {most} with {} layers", self.layers()),
            ));
        }
        if self.components.is_empty() {
            return Err(Fault {
                field: Field::Components,
                what: "there are no components: nothing would move".into(),
            });
        }
        if self.parcels() > MAX_PARCELS {
            return Err(wrong(
                Field::Components,
                "the number of parcels",
                self.parcels(),
                &format!("at most {MAX_PARCELS}"),
            ));
        }
        self.check_time()?;
        self.check_physics()
    }

    /// A closed vessel settles along its axis: nothing across it is followed.
    fn check_mounting(&self) -> Result<(), Fault> {
        let along = match self.rotor.mounting {
            Mounting::Bench { gravity } => gravity.is_finite() && gravity.x == 0.0 && gravity.y == 0.0,
            Mounting::Fixed { .. } => false,
            Mounting::SwingOut | Mounting::Horizontal => true,
        };
        if along {
            return Ok(());
        }
        Err(Fault {
            field: Field::Rotor,
            what: "rotor.mounting drives the cells of a closed vessel across its axis; they are followed there only in a duct with Physics::carried()"
                .into(),
        })
    }

    pub(super) fn check_grid(&self) -> Result<(), Fault> {
        let cells = || format!("{:?}", self.cells);
        let [x, y, _] = self.cells;
        if [x, y] != [1, 1] && !self.chamber.is_box() {
            let may_be =
                "one across the vessel; several are possible in a channel, whose walls are planes of cells";
            return Err(wrong(Field::Layers, "cells", cells(), may_be));
        }
        let all = self
            .cells
            .iter()
            .map(|n| u64::from(*n))
            .fold(1, u64::saturating_mul);
        if x == 0 || y == 0 || all > u64::from(fixed::MAX_CELLS) {
            let may_be = format!(
                "1 or more along each axis, and at most {} in all",
                fixed::MAX_CELLS
            );
            return Err(wrong(Field::Layers, "cells", cells(), &may_be));
        }
        match &self.circulation {
            Some(fluxes) if !fluxes.through().iter().all(|f| f.is_finite()) => Err(Fault {
                field: Field::Parts,
                what: "a flux of the circulation is no finite number".into(),
            }),
            Some(fluxes) if fluxes.cells() != self.cells => Err(Fault {
                field: Field::Parts,
                what: format!(
                    "the circulation is given on {:?} cells, and the vessel has {:?}",
                    fluxes.cells(),
                    self.cells
                ),
            }),
            _ => Ok(()),
        }
    }

    /// What a closed vessel has that would do nothing in it.
    fn part_of_a_duct(&self) -> Option<&'static str> {
        let segments = self.protocol.segments();
        let parts = [
            (self.stream.is_some(), "a flow"),
            (self.ports.feed != Feed::Filled, "a feed"),
            (self.field.is_some(), "magnets"),
            (self.matrix.is_some(), "a matrix"),
            (self.holding != Holding::default(), "walls that hold"),
            (self.coverage.is_some(), "a coverage of its walls"),
            (segments.iter().any(|s| s.rate != 0.0), "a flow rate"),
            (segments.iter().any(|s| s.outlet != 0), "an outlet"),
        ];
        parts.iter().find(|(there, _)| *there).map(|(_, what)| *what)
    }

    fn check_time(&self) -> Result<(), Fault> {
        let segments = self.protocol.segments();
        for s in segments {
            if s.duration < Time::ZERO || s.duration == Time::NEVER {
                let what = format!(
                    "protocol duration is {} us; it has to be a finite time that is not negative",
                    s.duration.us()
                );
                return Err(Fault {
                    field: Field::Protocol,
                    what,
                });
            }
            for (what, x) in [("omega_start", s.omega_start), ("omega_end", s.omega_end)] {
                if !(x.is_finite() && x >= 0.0) {
                    return Err(wrong(
                        Field::Protocol,
                        &format!("protocol {what}"),
                        x,
                        "a finite number that is not negative",
                    ));
                }
            }
        }
        let end = self.protocol.duration();
        let fine = |x: f64| x.is_finite() && x > 0.0;
        let every = self.sampling.every.us();
        if every <= 0.0 || end / every > MAX_SAMPLES {
            let what = format!("above zero, and so that a run takes at most {MAX_SAMPLES:.0e} profiles");
            return Err(wrong(Field::Every, "sampling.every", every, &what));
        }
        if !fine(self.stepping.longest) {
            return Err(wrong(
                Field::Longest,
                "stepping.longest",
                self.stepping.longest,
                "a finite number above zero",
            ));
        }
        if end / self.stepping.longest > MAX_STEPS {
            let what = format!("so long that a run takes at most {MAX_STEPS:.0e} steps");
            return Err(wrong(
                Field::Longest,
                "stepping.longest",
                self.stepping.longest,
                &what,
            ));
        }
        let courant = self.stepping.courant;
        if !(courant > 0.0 && courant <= 0.5) {
            return Err(wrong(
                Field::Courant,
                "stepping.courant",
                courant,
                "above 0 and at most 0.5",
            ));
        }
        Ok(())
    }

    fn check_physics(&self) -> Result<(), Fault> {
        let p = &self.physics;
        if !(p.packing_limit > 0.0 && p.packing_limit <= 1.0) {
            return Err(wrong(
                Field::PackingLimit,
                "physics.packing_limit",
                p.packing_limit,
                "above 0 and at most 1",
            ));
        }
        if !(p.packing_width > 0.0 && p.packing_width <= p.packing_limit) {
            return Err(wrong(
                Field::PackingWidth,
                "physics.packing_width",
                p.packing_width,
                "above 0 and at most the packing limit",
            ));
        }
        if !(p.exponent.is_finite() && p.exponent >= 2.0) {
            return Err(wrong(
                Field::Exponent,
                "physics.exponent",
                p.exponent,
                "at least 2",
            ));
        }
        if p.suspension == Suspension::Dense && p.lateral == Lateral::Resolved {
            return Err(Fault {
                field: Field::Lateral,
                what: "physics.lateral is resolved in a dense suspension; cells pushed to a side wall set the whole \
                       suspension in motion, which needs the flow solver that this version has not; use \
                       Lateral::Mixed"
                    .into(),
            });
        }
        Ok(())
    }
}

fn wrong(field: Field, name: &str, value: impl std::fmt::Display, may_be: &str) -> Fault {
    Fault {
        field,
        what: format!("{name} is {value}; it has to be {may_be}"),
    }
}
