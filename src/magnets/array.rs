//! Regular arrays of one magnet.

use super::fault::{MagnetError, finite, invalid};
use super::point::FieldPoint;
use super::source::Source;
use glam::DVec3;

/// Most magnets in an array: each is evaluated at each point.
pub const MOST: u64 = 100_000;

/// One direction of repetition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repeat {
    /// From one magnet to the next [um].
    pub step: DVec3,
    /// How many, with the first.
    pub count: u32,
    /// Whether every second one points the other way.
    pub alternating: bool,
}

/// A magnet and its copies along up to three directions; where several alternate, the signs multiply (a chessboard).
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    members: Vec<(Source, f64)>,
}

impl Array {
    /// `first` and its copies.
    ///
    /// # Errors
    /// If the source cannot be repeated (a field without a body, a map, an array), if a wire or sphere would alternate
    /// (the background decides how they point), or the repetitions are none, too many, or on top of each other.
    pub fn new(first: &Source, repeats: &[Repeat]) -> Result<Self, MagnetError> {
        if repeats.is_empty() || repeats.len() > 3 {
            return invalid("an array repeats along one to three directions");
        }
        let soft = matches!(first, Source::Wire(_) | Source::Sphere(_));
        let mut places = vec![(DVec3::ZERO, 1.0)];
        let mut total = 1_u64;
        for repeat in repeats {
            let step = finite(repeat.step, "the step of an array")?;
            total = total.saturating_mul(u64::from(repeat.count));
            if repeat.count == 0 || total > MOST {
                return invalid(format!("an array has 1 to {MOST} magnets"));
            }
            if step == DVec3::ZERO && repeat.count > 1 {
                return invalid("an array with a step of zero puts magnets into each other");
            }
            if soft && repeat.alternating {
                return invalid(format!(
                    "{} takes its poles from the background and cannot alternate",
                    first.name()
                ));
            }
            places = (0..repeat.count)
                .flat_map(|i| {
                    let sign = if repeat.alternating && i % 2 == 1 {
                        -1.0
                    } else {
                        1.0
                    };
                    places
                        .iter()
                        .map(move |(at, s)| (*at + f64::from(i) * step, sign * s))
                })
                .collect();
        }
        let mut members = Vec::with_capacity(places.len());
        for (at, sign) in places {
            let Some(source) = first.moved(at) else {
                return invalid(format!("{} cannot be repeated", first.name()));
            };
            members.push((source, sign));
        }
        Ok(Self { members })
    }

    /// The magnets and their signs.
    pub fn members(&self) -> &[(Source, f64)] {
        &self.members
    }

    /// Field at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Inside`] in any of the magnets.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        let mut sum = FieldPoint::ZERO;
        for (source, sign) in &self.members {
            sum = sum + *sign * source.at(q)?;
        }
        Ok(sum)
    }

    /// Distance to the nearest of them [um], negative inside.
    pub fn clearance(&self, q: DVec3) -> f64 {
        self.members
            .iter()
            .map(|(source, _)| source.clearance(q))
            .fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::magnets::{Cuboid, Dipole, Pose, Soft, Wire};

    fn repeat(step: DVec3, count: u32, alternating: bool) -> Repeat {
        Repeat {
            step,
            count,
            alternating,
        }
    }

    /// By hand: dipoles +, -, + at 0, 10, 20 mm; half way between the first two their vertical fields cancel and the
    /// third's is left: -1e-7/(0.015)3 = -29.63 mT for 1 A m2.
    #[test]
    fn alternating_dipoles() {
        let first = Source::Dipole(Dipole::new(DVec3::ZERO, DVec3::Z).unwrap());
        let row = Array::new(&first, &[repeat(DVec3::X * 1e4, 3, true)]).unwrap();
        let b = row.at(DVec3::X * 5e3).unwrap().b;
        assert!((b - DVec3::Z * -0.029_629_63).length() < 1e-9, "{b}");
        let signs: Vec<f64> = row.members().iter().map(|m| m.1).collect();
        assert_eq!(signs, [1.0, -1.0, 1.0]);
        let board = [repeat(DVec3::X, 2, true), repeat(DVec3::Y, 2, true)];
        let board = Array::new(&first, &board).unwrap();
        let signs: Vec<f64> = board.members().iter().map(|m| m.1).collect();
        assert_eq!(signs, [1.0, -1.0, -1.0, 1.0]);
    }

    #[test]
    fn the_nearest_counts_and_errors_say_where() {
        let cube = Cuboid::new(Pose::at(DVec3::ZERO).unwrap(), DVec3::splat(2.0), DVec3::Z).unwrap();
        let row = Array::new(&Source::Cuboid(cube), &[repeat(DVec3::X * 10.0, 4, false)]).unwrap();
        assert_eq!(row.clearance(DVec3::new(33.0, 0.0, 0.0)), 2.0);
        let q = DVec3::X * 20.0;
        assert!(matches!(row.at(q), Err(MagnetError::Inside { at, .. }) if at == q));
    }

    #[test]
    fn what_cannot_be_repeated() {
        let soft = Soft {
            susceptibility: 1e3,
            saturation: 1.5,
        };
        let wire = Wire::new(DVec3::ZERO, DVec3::Z, 1.0, soft, DVec3::X).unwrap();
        let wire = Source::Wire(wire);
        assert!(Array::new(&wire, &[repeat(DVec3::X, 2, true)]).is_err());
        assert!(Array::new(&wire, &[repeat(DVec3::X * 9.0, 2, false)]).is_ok());
        assert!(Array::new(&wire, &[repeat(DVec3::ZERO, 2, false)]).is_err());
        assert!(Array::new(&wire, &[]).is_err());
        assert!(
            Array::new(
                &wire,
                &[repeat(DVec3::X, 4000, false), repeat(DVec3::Y, 4000, false)]
            )
            .is_err()
        );
    }
}
