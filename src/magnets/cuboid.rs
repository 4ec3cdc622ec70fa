//! A uniformly magnetised cuboid, by its closed form.
//!
//! With g the integral of 1/|r - r'| over the body, B = (1/4 pi) grad grad g J outside. Its elements are known: off the
//! diagonal logarithms of the edges, on it the solid angles of the faces (Yang, Roth & Watts, J. Appl. Phys.
//! 127:103901, 2020; Engel-Herbert & Hesjedal, J. Appl. Phys. 97:074504, 2005). Written over whole edges, as
//! ln((R1 + R2 + l)/(R1 + R2 - l)), nothing is singular but the edge itself: its extensions, where the usual
//! ln(z + R) fails, are ordinary points. The gradient needs edges only, for grad grad grad g is symmetric and, outside,
//! traceless.

use super::cloud;
use super::fault::{MagnetError, finite, invalid, positive};
use super::packed::{self, Kind, Record};
use super::point::FieldPoint;
use super::pose::Pose;
use glam::{DMat3, DVec3};
use std::f64::consts::PI;

/// A block of one polarisation in any direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Cuboid {
    pose: Pose,
    half: DVec3,
    polarisation: DVec3,
}

impl Cuboid {
    /// A block with sides `sides` [um] along the axes of `pose` and `polarisation` J = mu0 M [T] in those axes.
    ///
    /// # Errors
    /// If a side is not above zero, or the polarisation zero or not finite.
    pub fn new(pose: Pose, sides: DVec3, polarisation: DVec3) -> Result<Self, MagnetError> {
        for side in sides.to_array() {
            positive(side, "the side of a cuboid [um]")?;
        }
        if finite(polarisation, "the polarisation of a cuboid")? == DVec3::ZERO {
            return invalid("a cuboid without polarisation is not a magnet");
        }
        Ok(Self {
            pose,
            half: 0.5 * sides,
            polarisation,
        })
    }

    /// Volume [um3].
    pub fn volume(&self) -> f64 {
        8.0 * self.half.x * self.half.y * self.half.z
    }

    /// Centre and half the extents of the box around it along the world's axes [um].
    pub(super) fn extent(&self) -> (DVec3, DVec3) {
        let axes = self.pose.axes();
        let half = axes.x_axis.abs() * self.half.x
            + axes.y_axis.abs() * self.half.y
            + axes.z_axis.abs() * self.half.z;
        (self.pose.centre(), half)
    }

    /// Polarisation in the world's axes [T].
    pub fn polarisation(&self) -> DVec3 {
        self.pose.axes() * self.polarisation
    }

    /// Distance to the surface [um], negative inside.
    pub fn clearance(&self, q: DVec3) -> f64 {
        let out = self.pose.inward(q).abs() - self.half;
        out.max(DVec3::ZERO).length() + out.max_element().min(0.0)
    }

    /// Field at `q` [um].
    ///
    /// # Errors
    /// [`MagnetError::Inside`] in or on the block.
    pub fn at(&self, q: DVec3) -> Result<FieldPoint, MagnetError> {
        if self.clearance(q) <= 0.0 {
            let what = "a cuboid magnet".to_owned();
            return Err(MagnetError::Inside { what, at: q });
        }
        let r = self.pose.inward(q);
        Ok(self
            .pose
            .outward(if r.length() > cloud::FAR * self.half.length() {
                cloud::cuboid(self.half, self.polarisation * self.volume(), r)
            } else {
                near(self.half, self.polarisation, r)
            }))
    }

    /// What a GPU is given: in half diagonals.
    pub(super) fn record(&self) -> Record {
        let scale = self.half.length();
        Record {
            kind: Kind::Cuboid,
            centre: self.pose.centre(),
            axes: self.pose.axes(),
            scale,
            near: packed::NEAR_EDGES,
            size: (self.half / scale).to_array(),
            strength: self.polarisation,
        }
    }

    pub(super) fn moved(&self, by: DVec3) -> Self {
        let pose = self.pose.moved(by);
        Self { pose, ..self.clone() }
    }
}

/// The integral of 1/R along an edge from z1 to z2, seen from (x, y) across it, and its derivatives.
struct Edge {
    value: f64,
    /// Derivatives by x and y, over x and y.
    across: f64,
    along: f64,
}

fn edge(x: f64, y: f64, z1: f64, z2: f64) -> Edge {
    let (r1, r2) = (DVec3::new(x, y, z1).length(), DVec3::new(x, y, z2).length());
    let rho2 = x * x + y * y;
    // R + z and R - z without cancellation
    let up = if z1 >= 0.0 { r1 + z1 } else { rho2 / (r1 - z1) };
    let down = if z2 <= 0.0 { r2 - z2 } else { rho2 / (r2 + z2) };
    let (gap, length) = (up + down, z2 - z1);
    Edge {
        value: (2.0 * length / gap).ln_1p(),
        across: -2.0 * length * (1.0 / r1 + 1.0 / r2) / (gap * (gap + 2.0 * length)),
        along: 1.0 / r2 - 1.0 / r1,
    }
}

/// Sums over the four edges along the third axis: g_xy, g_xxy, g_xyy, g_xyz.
fn edges(x: [f64; 2], y: [f64; 2], z: [f64; 2]) -> [f64; 4] {
    let mut sum = [0.0; 4];
    for (i, x) in x.into_iter().enumerate() {
        for (j, y) in y.into_iter().enumerate() {
            let e = edge(x, y, z[0], z[1]);
            let sign = if i == j { 1.0 } else { -1.0 };
            sum[0] += sign * e.value;
            sum[1] += sign * e.across * x;
            sum[2] += sign * e.across * y;
            sum[3] += sign * e.along;
        }
    }
    sum
}

/// g_xx: minus the solid angles of the two faces across the first axis.
fn faces(x: [f64; 2], y: [f64; 2], z: [f64; 2]) -> f64 {
    let mut sum = 0.0;
    for (i, x) in x.into_iter().enumerate() {
        for (j, y) in y.into_iter().enumerate() {
            for (k, z) in z.into_iter().enumerate() {
                let below = x * DVec3::new(x, y, z).length();
                // in the plane of a face, beside it, the infinite ones cancel; on the line of an edge 0/0 takes
                // equal values on both its ends
                let angle = if y * z == 0.0 { 0.0 } else { (y * z / below).atan() };
                sum += if (i + j + k) % 2 == 0 { angle } else { -angle };
            }
        }
    }
    sum
}

fn near(half: DVec3, polarisation: DVec3, r: DVec3) -> FieldPoint {
    let ends = |k: usize| [r[k] - half[k], r[k] + half[k]];
    let (x, y, z) = (ends(0), ends(1), ends(2));
    let [xy, xxy, xyy, xyz] = edges(x, y, z);
    let [yz, yyz, yzz, _] = edges(y, z, x);
    let [zx, zzx, zxx, _] = edges(z, x, y);
    let second = DMat3::from_cols(
        DVec3::new(faces(x, y, z), xy, zx),
        DVec3::new(xy, faces(y, z, x), yz),
        DVec3::new(zx, yz, faces(z, x, y)),
    );
    // d/dx, d/dy, d/dz of the matrix above
    let third = [
        DMat3::from_cols(
            DVec3::new(-xyy - zzx, xxy, zxx),
            DVec3::new(xxy, xyy, xyz),
            DVec3::new(zxx, xyz, zzx),
        ),
        DMat3::from_cols(
            DVec3::new(xxy, xyy, xyz),
            DVec3::new(xyy, -xxy - yzz, yyz),
            DVec3::new(xyz, yyz, yzz),
        ),
        DMat3::from_cols(
            DVec3::new(zxx, xyz, zzx),
            DVec3::new(xyz, yyz, yzz),
            DVec3::new(zzx, yzz, -zxx - yyz),
        ),
    ];
    let j = polarisation / (4.0 * PI);
    FieldPoint {
        b: second * j,
        gradient: DMat3::from_cols(third[0] * j, third[1] * j, third[2] * j),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DQuat;

    fn block() -> Cuboid {
        let pose = Pose::at(DVec3::ZERO).unwrap();
        Cuboid::new(pose, DVec3::new(10e3, 20e3, 5e3), DVec3::Z * 1.2).unwrap()
    }

    /// On the axis of a block B = (J/pi) [atan(a b / (2 z sqrt(4 z2 + a2 + b2))) - the same with z + h], z from the
    /// face: the engineer's formula, found in the catalogues of magnet makers.
    #[test]
    fn on_the_axis() {
        for z in [1.0, 1e3, 7e3, 60e3] {
            let term = |z: f64| {
                let root = (4.0 * z * z + 10e3_f64.powi(2) + 20e3_f64.powi(2)).sqrt();
                (10e3 * 20e3 / (2.0 * z * root)).atan()
            };
            let expected = 1.2 / PI * (term(z) - term(z + 5e3));
            let p = block().at(DVec3::Z * (2.5e3 + z)).unwrap();
            assert!(
                (p.b.z / expected - 1.0).abs() < 1e-11,
                "{z}: {} {expected}",
                p.b.z
            );
            assert!(p.b.truncate().length() < 1e-15 * p.b.z.max(1.0));
        }
    }

    /// Lines on which the usual form is 0/0: extensions of edges, planes of faces, and points a hair beside them.
    #[test]
    fn the_lines_and_planes_of_edges_and_faces_are_ordinary() {
        let hair = DVec3::new(1e-3, -1e-3, 1e-3);
        for q in [
            DVec3::new(5e3, 10e3, 4e3),
            DVec3::new(5e3, 10e3, -40e3),
            DVec3::new(5e3, 13e3, 2.5e3),
            DVec3::new(-9e3, 10e3, -2.5e3),
            DVec3::new(5e3, 13e3, 0.0),
            DVec3::new(0.0, 13e3, 2.5e3),
            DVec3::new(7e3, 1e3, 2.5e3),
            DVec3::new(0.0, 0.0, 3e3),
            DVec3::new(0.0, 11e3, 0.0),
        ] {
            let (on, beside) = (block().at(q).unwrap(), block().at(q + hair).unwrap());
            assert!(on.b.is_finite() && on.gradient.is_finite(), "{q}");
            let expected = beside.b - beside.gradient * hair;
            assert!(on.b.distance(expected) < 1e-10, "{q}: {} {expected}", on.b);
            let change = (on.gradient - beside.gradient).to_cols_array();
            assert!(change.iter().all(|g| g.abs() < 1e-9), "{q}: {change:?}");
        }
    }

    /// The field just off a corner and an edge grows like a logarithm: finite at every point that is not in the block.
    #[test]
    fn close_to_edges_and_corners() {
        for (q, out) in [
            (DVec3::new(5e3, 10e3, 2.5e3), DVec3::ONE),
            (DVec3::new(5e3, 0.0, 2.5e3), DVec3::new(1.0, 0.0, 1.0)),
            (DVec3::new(5e3, 0.0, 2.5e3), DVec3::X),
        ] {
            for gap in [1.0, 1e-3, 1e-6] {
                let p = block().at(q + gap * out).unwrap();
                assert!(p.b.is_finite() && p.gradient.is_finite());
                assert!(p.magnitude() < 1.2 * (30e3_f64 / gap).ln(), "{}", p.magnitude());
            }
            assert!(matches!(block().at(q), Err(MagnetError::Inside { .. })));
        }
        assert!(block().at(DVec3::ZERO).is_err());
        assert_eq!(block().clearance(DVec3::ZERO), -2.5e3);
        assert_eq!(block().clearance(DVec3::new(8e3, 14e3, 2.5e3)), 5e3);
    }

    /// Where the closed form hands over to the cloud both are the same: for a cube and a plate to 1e-9; a needle of 900:1 has
    /// lost seven digits to cancellation by then.
    #[test]
    fn near_and_far_forms_agree() {
        for (half, tolerance) in [
            (DVec3::splat(1e3), 1e-9),
            (DVec3::new(5e3, 5e3, 50.0), 1e-9),
            (DVec3::new(10.0, 20.0, 9e3), 1e-7),
        ] {
            for towards in [DVec3::new(0.3, 0.8, 0.52), DVec3::X, DVec3::Y, DVec3::Z] {
                let j = DVec3::new(0.3, -0.5, 1.1);
                let r = towards.normalize() * cloud::FAR * half.length();
                let a = near(half, j, r);
                let b = cloud::cuboid(half, 8.0 * half.element_product() * j, r);
                assert!(
                    a.b.distance(b.b) < tolerance * b.magnitude(),
                    "{half}: {} {}",
                    a.b,
                    b.b
                );
                let change = (a.gradient - b.gradient).to_cols_array();
                let most = tolerance * 3.0 * b.magnitude() / r.length();
                assert!(change.iter().all(|g| g.abs() < most), "{half}: {change:?}");
            }
        }
    }

    /// Turning the block and the point turns the field.
    #[test]
    fn any_orientation() {
        let (turn, shift) = (
            DQuat::from_rotation_y(0.4) * DQuat::from_rotation_x(1.1),
            DVec3::new(1e3, 2e3, 3e3),
        );
        let q = DVec3::new(6e3, 11e3, 4e3);
        let turned = Cuboid::new(
            Pose::turned(shift, turn).unwrap(),
            DVec3::new(10e3, 20e3, 5e3),
            DVec3::Z * 1.2,
        )
        .unwrap();
        let b = turned.at(shift + turn * q).unwrap().b;
        assert!(b.distance(turn * block().at(q).unwrap().b) < 1e-13);
        assert!(turned.polarisation().distance(turn * DVec3::Z * 1.2) < 1e-15);
    }
}
