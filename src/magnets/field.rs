//! The field of all sources together, and whether a chamber fits between them.

use super::fault::{MagnetError, invalid};
use super::point::FieldPoint;
use super::source::Source;
use super::uniform::Uniform;
use glam::DVec3;

/// Most boxes that [`Field::touches`] looks at before it gives up.
const MOST_BOXES: usize = 4_000_000;

/// A sum of sources. Permanent magnets are taken as they are: they do not change each other's polarisation (their
/// permeability is near one), nor that of soft bodies.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    sources: Vec<Source>,
}

impl Field {
    /// The sum of `sources`.
    ///
    /// # Errors
    /// If there is none.
    pub fn new(sources: Vec<Source>) -> Result<Self, MagnetError> {
        if sources.is_empty() {
            return invalid("a field has at least one source");
        }
        Ok(Self { sources })
    }

    /// The uniform background `b0` [T] with soft bodies that were made for it: wires, spheres, arrays of them.
    ///
    /// # Errors
    /// If the background is not finite, or a body was made for another.
    pub fn in_background(b0: DVec3, bodies: Vec<Source>) -> Result<Self, MagnetError> {
        for body in &bodies {
            if let Some(other) = body.background()
                && other.distance(b0) > 1e-9 * b0.length()
            {
                return invalid(format!(
                    "{} was magnetised by another background than the field's",
                    body.name()
                ));
            }
        }
        let mut sources = vec![Source::Uniform(Uniform::background(b0)?)];
        sources.extend(bodies);
        Self::new(sources)
    }

    /// The sources.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Flux density and gradient at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError`] inside a body and where a source is not known; never a number there.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        let mut sum = FieldPoint::ZERO;
        for source in &self.sources {
            sum = sum + source.at(q)?;
        }
        Ok(sum)
    }

    /// grad(B2) at `q` [T2/um].
    ///
    /// # Errors
    /// As [`Field::at`].
    pub fn grad_b2(&self, q: DVec3) -> Result<DVec3, MagnetError> {
        self.at(q).map(|p| p.grad_b2())
    }

    /// grad(B2)/(2 mu0) at `q` [nN/um3].
    ///
    /// # Errors
    /// As [`Field::at`].
    pub fn force_density(&self, q: DVec3) -> Result<DVec3, MagnetError> {
        self.at(q).map(|p| p.force_density())
    }

    /// Distance to the nearest place without a field [um], not positive there.
    pub fn clearance(&self, q: DVec3) -> f64 {
        self.sources
            .iter()
            .map(|s| s.clearance(q))
            .fold(f64::INFINITY, f64::min)
    }

    /// As [`Field::clearance`], of [`Source::off_bodies`]: for pictures, which show what is there.
    pub fn off_bodies(&self, q: DVec3) -> f64 {
        let all = self.sources.iter().map(|s| s.off_bodies(q));
        all.fold(f64::INFINITY, f64::min)
    }

    /// The first of `points` [um] at which there is no field.
    pub fn overlaps(&self, points: impl IntoIterator<Item = DVec3>) -> Option<DVec3> {
        points.into_iter().find(|q| self.clearance(*q) <= 0.0)
    }

    /// Searches a chamber for a place without a field, by halving the box `lo`..`hi` [um] around it: distances prove that
    /// whole boxes are clear. `chamber` is its signed distance [um], positive inside, no larger than the true one. Within the
    /// box a chamber with an axis `along` (a unit vector) has the same cross-section all along it. What comes nearer than
    /// `tolerance` [um] counts as touching.
    ///
    /// A box is never halved along an axis that changes nothing: a duct of ten metres in a bore is told as fast as one of ten
    /// millimetres.
    ///
    /// # Errors
    /// If the box or the tolerance is none, or the tolerance is too fine to be decided.
    pub fn touches(
        &self,
        chamber: impl Fn(DVec3) -> f64,
        along: Option<DVec3>,
        lo: DVec3,
        hi: DVec3,
        tolerance: f64,
    ) -> Result<Option<DVec3>, MagnetError> {
        if !(lo.is_finite() && hi.is_finite() && lo.cmple(hi).all() && tolerance > 0.0) {
            return invalid("the box around the chamber is empty, or the tolerance is zero");
        }
        let mut boxes = vec![(0.5 * (lo + hi), 0.5 * (hi - lo))];
        let mut seen = 0;
        while let Some((centre, half)) = boxes.pop() {
            seen += 1;
            if seen > MOST_BOXES {
                return invalid(format!(
                    "whether a magnet touches the chamber within {tolerance} um takes too long to tell; ask for less"
                ));
            }
            let inside = chamber(centre);
            if inside < -reach(half, along) {
                continue;
            }
            let near = |s: &&Source| s.clearance(centre) <= reach(half, s.endless());
            let Some(source) = self.sources.iter().find(near) else {
                continue;
            };
            let body = source.endless();
            let close = reach(half, body) <= tolerance && inside >= -tolerance;
            if close || (source.clearance(centre) <= 0.0 && inside >= 0.0) {
                return Ok(Some(centre));
            }
            let axis = DVec3::AXES[across(half, body).max(across(half, along)).max_position()];
            let shift = 0.5 * half * axis;
            boxes.push((centre - shift, half - shift));
            boxes.push((centre + shift, half - shift));
        }
        Ok(None)
    }
}

/// Half the sides of a box [um], each as far as it leads away from an axis along which nothing changes.
fn across(half: DVec3, along: Option<DVec3>) -> DVec3 {
    along.map_or(half, |a| {
        half * DVec3::from_array(DVec3::AXES.map(|side| side.reject_from_normalized(a).length()))
    })
}

/// How far the corners of a box are from its centre [um], or from the line through it along which nothing changes.
fn reach(half: DVec3, along: Option<DVec3>) -> f64 {
    let Some(a) = along else {
        return half.length();
    };
    let corners = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]];
    corners
        .map(|[y, z]| (half * DVec3::new(1.0, y, z)).reject_from_normalized(a).length())
        .into_iter()
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::magnets::{Array, Cuboid, Cylinder, Multipole, Pose, Repeat, Soft, Wire};

    /// A tube of 7 mm radius, 65 mm high, as `chamber::Tube` gives its distance.
    fn tube(q: DVec3) -> f64 {
        let (side, ends) = (7e3 - q.x.hypot(q.y), q.z.min(65e3 - q.z));
        if side < 0.0 && ends < 0.0 {
            -side.hypot(ends)
        } else {
            side.min(ends)
        }
    }

    fn touches(source: Source) -> Option<DVec3> {
        let (lo, hi) = (DVec3::new(-7e3, -7e3, 0.0), DVec3::new(7e3, 7e3, 65e3));
        Field::new(vec![source])
            .unwrap()
            .touches(tube, Some(DVec3::Z), lo, hi, 50.0)
            .unwrap()
    }

    fn block(x: f64, y: f64, turn: f64) -> Source {
        let pose = Pose::turned(DVec3::new(x, y, 30e3), glam::DQuat::from_rotation_z(turn)).unwrap();
        Source::Cuboid(Cuboid::new(pose, DVec3::splat(10e3), DVec3::X * 1.3).unwrap())
    }

    /// By hand: a block with half a side of 5 mm is clear of the tube from 12 mm on, edge foremost (turned by 45 degrees)
    /// from 14.07 mm; in the corner of the tube's bounding box there is room that the tube does not need.
    #[test]
    fn a_magnet_beside_a_tube_and_one_within() {
        assert!(touches(block(12.2e3, 0.0, 0.0)).is_none());
        assert!(touches(block(11.9e3, 0.0, 0.0)).is_some());
        assert!(touches(block(14.2e3, 0.0, 0.785)).is_none());
        assert!(touches(block(13.9e3, 0.0, 0.785)).is_some());
        assert!(touches(block(10.1e3, 10.1e3, 0.0)).is_none());
        // smaller than any grid of points would find
        let needle = Cylinder::new(
            Pose::at(DVec3::new(3.3e3, -2.1e3, 41e3)).unwrap(),
            20.0,
            30.0,
            1.0,
        )
        .unwrap();
        assert!(touches(Source::Cylinder(needle)).is_some());
    }

    /// A round duct of 7 mm radius and 10 km length in a bore, beside a wire along it and under one across it: as many boxes as for
    /// a duct of 10 mm. By halving along it as well it would take 10 km / 0.1 mm of them, more than [`MOST_BOXES`].
    #[test]
    fn a_long_duct_takes_no_longer() {
        const LONG: f64 = 1e10;
        let duct = |q: DVec3| 7e3 - q.x.hypot(q.y);
        let touches = |source: Source| {
            let (lo, hi) = (DVec3::new(-7e3, -7e3, 0.0), DVec3::new(7e3, 7e3, LONG));
            let field = Field::new(vec![source]).unwrap();
            field.touches(duct, Some(DVec3::Z), lo, hi, 50.0).unwrap()
        };
        let bore = |inner, turn| {
            let pose = Pose::turned(DVec3::ZERO, glam::DQuat::from_rotation_y(turn)).unwrap();
            Source::Multipole(Multipole::halbach(pose, 2, 1.3, inner, 2.0 * inner).unwrap())
        };
        let iron = Soft {
            susceptibility: 1e4,
            saturation: 2.16,
        };
        let wire = |x: f64, axis: DVec3| {
            let b0 = axis.any_orthonormal_vector();
            Source::Wire(Wire::new(DVec3::new(x, 0.0, 3e9), axis, 25.0, iron, b0).unwrap())
        };
        assert!(touches(bore(7.1e3, 0.0)).is_none());
        assert!(touches(bore(6.9e3, 0.0)).is_some());
        // 1 mm aside after 10 km
        assert!(touches(bore(8.1e3, 1e3 / LONG)).is_none());
        assert!(touches(bore(7.9e3, 1e3 / LONG)).is_some());
        assert!(touches(wire(7.1e3, DVec3::Z)).is_none());
        assert!(touches(wire(6.9e3, DVec3::Z)).is_some());
        assert!(touches(wire(7.1e3, DVec3::Y)).is_none());
        assert!(touches(wire(6.9e3, DVec3::Y)).is_some());
    }

    #[test]
    fn points_and_the_sum() {
        let iron = Soft {
            susceptibility: 1e4,
            saturation: 2.16,
        };
        let b0 = DVec3::X * 1.5;
        let wire = Wire::new(DVec3::ZERO, DVec3::Z, 25.0, iron, b0).unwrap();
        let row = [Repeat {
            step: DVec3::Y * 200.0,
            count: 2,
            alternating: false,
        }];
        let wires = Source::Array(Array::new(&Source::Wire(wire.clone()), &row).unwrap());
        assert!(Field::in_background(b0, vec![wires.clone()]).is_ok());
        assert!(Field::in_background(-b0, vec![wires]).is_err());
        let field = Field::in_background(b0, vec![Source::Wire(wire)]).unwrap();
        // by hand: 1.5 + 2.16/8
        assert!((field.at(DVec3::X * 50.0).unwrap().b.x - 1.77).abs() < 1e-12);
        // and 2 B dB/dx = 2 * 1.77 * -10.8e-3 mT/um
        assert!((field.grad_b2(DVec3::X * 50.0).unwrap().x + 0.038_232 * 1.0).abs() < 1e-12);
        assert_eq!(
            field.overlaps([DVec3::X * 50.0, DVec3::Y * 20.0]),
            Some(DVec3::Y * 20.0)
        );
        assert_eq!(field.overlaps([DVec3::X * 50.0]), None);
        assert!(Field::new(vec![]).is_err());
    }
}
