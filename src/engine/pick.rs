//! Which parcel lies under a point of a picture.

use super::live::Live;
use super::{Backend, Fates, Readings};
use crate::chamber::Grid;
use crate::kernels::passage::FATES;
use crate::kernels::{Plate, Shot, Shown};
use crate::{Error, fixed};
use glam::{DVec2, DVec3, DVec4};

/// How far beside a disc a click still means it [pixels].
pub const REACH: f64 = 6.0;

/// Where a place comes to lie on a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Column and row [pixels].
    pub at: DVec2,
    /// Depth into the page, in units that only compare, of one picture.
    pub depth: f64,
    /// What lengths are divided by.
    pub divisor: f64,
}

/// Where the place `q` [um] lies on the picture of a shot; none where a cut leaves it out.
pub fn seen(shot: &Shot, q: DVec3) -> Option<Seen> {
    let row = |r: [f32; 4]| DVec4::from_array(r.map(f64::from));
    if row(shot.slab).dot(q.extend(1.0)).abs() > 1.0 {
        return None;
    }
    let unrolled = f64::from(shot.unrolled);
    let q = if unrolled > 0.0 {
        DVec3::new(unrolled * q.y.atan2(q.x), q.x.hypot(q.y), q.z)
    } else {
        q
    };
    let (across, down) = (row(shot.column), row(shot.row));
    let divisor = row(shot.divisor).dot(q.extend(1.0));
    // for parallel rays to the right and down the page, whose product points into it; before an eye the divisor grows that way
    let depth = match row(shot.divisor).truncate() {
        DVec3::ZERO => across.truncate().cross(down.truncate()).dot(q),
        _ => divisor,
    };
    (divisor > 0.0).then(|| Seen {
        at: DVec2::new(across.dot(q.extend(1.0)), down.dot(q.extend(1.0))) / divisor,
        depth,
        divisor,
    })
}

/// All parcels of a run: where they are and what has become of them.
struct Crowd<'a> {
    grid: &'a Grid,
    /// Parcels by component, one component after the other.
    parcels: &'a [usize],
    position: &'a [Vec<u64>; 3],
    /// Fates; empty but in a separator.
    fate: &'a [u32],
}

/// What is under a point: first the channel that colours the place most, as the picture weighs it, then of its parcels the one
/// whose disc is nearest to the point, and where several cover it the one in front.
fn pick(plate: &Plate, crowd: &Crowd<'_>, at: DVec2) -> Option<usize> {
    let shot = &plate.shot;
    let mut near: Vec<(usize, usize, f64, f64)> = Vec::new();
    let mut first = 0;
    for (kind, count) in crowd.parcels.iter().enumerate() {
        let bands = shot.bands as usize;
        let blots = plate.blots.get(kind * bands..(kind + 1) * bands).unwrap_or(&[]);
        for i in first..first + count {
            let fate = crowd.fate.get(i).copied().unwrap_or(0);
            let channel = plate.channel.get(kind * FATES as usize + fate as usize);
            let Some(channel) = channel.filter(|c| **c < shot.channels) else {
                continue;
            };
            let p = [0, 1, 2].map(|k: usize| crowd.position[k].get(i).copied().unwrap_or(u64::MAX));
            if !fixed::inside(p, crowd.grid.cells) {
                continue;
            }
            let q = std::array::from_fn(|k| crowd.grid.position(k, fixed::to_cells(p[k])));
            let Some(seen) = seen(shot, DVec3::from_array(q)) else {
                continue;
            };
            let band = fixed::cell(p[2]) as usize * bands / crowd.grid.cells[2] as usize;
            // what is spread over what it stands for is meant where it is
            let radius = blots
                .get(band)
                .filter(|b| b.shift == 0.0)
                .map_or(0.0, |b| f64::from(b.radius) * f64::from(shot.scale));
            let r = (radius / seen.divisor).clamp(f64::from(shot.least), f64::from(shot.most));
            let beside = (seen.at.distance(at) - r).max(0.0);
            if beside < REACH {
                near.push((i, *channel as usize, beside, seen.depth));
            }
        }
        first += count;
    }
    let mut weight = vec![0.0; shot.channels as usize];
    for (_, channel, beside, _) in &near {
        // where a value is shown all have one channel
        let opacity = match plate.shown {
            Shown::Class => plate.palette.get(*channel).map_or(0.0, |c| f64::from(c[3])),
            _ => 1.0,
        };
        weight[*channel] += opacity * (1.0 - beside / REACH);
    }
    let most = (0..weight.len()).max_by(|a, b| weight[*a].total_cmp(&weight[*b]))?;
    near.iter()
        .filter(|n| n.1 == most)
        .min_by(|a, b| a.2.total_cmp(&b.2).then(a.3.total_cmp(&b.3)))
        .map(|n| n.0)
}

impl Live {
    /// The parcel that is meant by a click at column and row `at` [pixels] of the picture that `plate` asks for; none where no cell is near.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub fn pick(&self, backend: &mut dyn Backend, plate: &Plate, at: DVec2) -> Result<Option<usize>, Error> {
        let grid = self.setup.grid();
        let parcels: Vec<usize> = self.setup.components.iter().map(|c| c.parcels).collect();
        let position = backend.positions()?;
        let Fates { fate, .. } = backend.fates()?;
        let crowd = Crowd {
            grid: &grid,
            parcels: &parcels,
            position: &position,
            fate: &fate,
        };
        Ok(pick(plate, &crowd, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::shot::{Blot, HIDDEN};

    /// A box of 100 um seen from the side, x to the right and z down, 2 pixels a um; discs of 4 and 1 um.
    fn plate() -> Plate {
        let mut channel = vec![0; FATES as usize];
        channel.extend(vec![1; FATES as usize]);
        Plate {
            shot: Shot {
                column: [2.0, 0.0, 0.0, 0.0],
                row: [0.0, 0.0, 2.0, 0.0],
                divisor: [0.0, 0.0, 0.0, 1.0],
                width: 200,
                height: 200,
                channels: 2,
                scale: 2.0,
                least: 0.5,
                most: 50.0,
                bands: 1,
                ..Shot::default()
            },
            shown: Shown::Class,
            step: crate::kernels::Step::still(),
            blots: [4.0, 1.0]
                .map(|radius| Blot {
                    radius,
                    ..Blot::default()
                })
                .into(),
            channel,
            palette: vec![[1.0, 0.0, 0.0, 0.1], [0.0, 1.0, 0.0, 1.0]],
            behind: std::sync::Arc::default(),
        }
    }

    fn picked(plate: &Plate, places: &[[f64; 3]], parcels: &[usize], at: [f64; 2]) -> Option<usize> {
        let grid = Grid {
            cells: [10; 3],
            origin: [0.0; 3],
            size: [10.0; 3],
            volume: Vec::new(),
        };
        let position = [0, 1, 2].map(|k: usize| {
            places
                .iter()
                .map(|q| fixed::from_cells(q[k] / 10.0, 10))
                .collect()
        });
        let crowd = Crowd {
            grid: &grid,
            parcels,
            position: &position,
            fate: &[],
        };
        pick(plate, &crowd, DVec2::from_array(at))
    }

    /// By hand: x to the right and z down look along -y, so the larger y is in front.
    #[test]
    fn the_one_in_front_is_meant() {
        let behind_and_front = [[50.0, 10.0, 50.0], [51.0, 90.0, 50.0]];
        assert_eq!(
            picked(&plate(), &behind_and_front, &[2, 0], [100.0, 100.0]),
            Some(1)
        );
        let [a, b] = behind_and_front;
        assert_eq!(picked(&plate(), &[b, a], &[2, 0], [100.0, 100.0]), Some(0));
        // beside the first disc (100 +- 8) and within the second (102 +- 8) the second is meant, wherever it lies
        assert_eq!(
            picked(&plate(), &[a, [51.0, 5.0, 50.0]], &[2, 0], [109.0, 100.0]),
            Some(1)
        );
    }

    /// By hand: an eye at y = 200 that looks along -y at a place where lengths keep their size at y = 0: what is at y = 100 is twice as large,
    /// and in front.
    #[test]
    fn the_one_in_front_of_an_eye_is_meant() {
        let mut plate = plate();
        plate.shot.divisor = [0.0, -0.005, 0.0, 1.0];
        let place = |x: f64, y: f64| DVec3::new(x, y, 50.0);
        let at = |q| seen(&plate.shot, q).unwrap();
        assert!((at(place(50.0, 100.0)).at - DVec2::new(200.0, 200.0)).length() < 1e-4);
        assert!(at(place(0.0, 90.0)).depth < at(place(90.0, 10.0)).depth);
        assert!(seen(&plate.shot, place(0.0, 201.0)).is_none());
    }

    /// By hand: at 7 pixels beside a disc of 8 nothing is meant, at 5 it is.
    #[test]
    fn a_click_beside_all_means_none() {
        let one = [[50.0, 50.0, 50.0]];
        assert_eq!(picked(&plate(), &one, &[1, 0], [115.0, 100.0]), None);
        assert_eq!(picked(&plate(), &one, &[1, 0], [113.0, 100.0]), Some(0));
    }

    /// By hand: three cells of a weight of 0.1 against one of 1: the rare one colours the place, and is meant until it is hidden.
    #[test]
    fn what_colours_the_place_is_meant() {
        let places = [
            [50.0, 90.0, 50.0],
            [50.0, 80.0, 50.0],
            [50.0, 70.0, 50.0],
            [51.0, 10.0, 50.0],
        ];
        let mut plate = plate();
        assert_eq!(picked(&plate, &places, &[3, 1], [100.0, 100.0]), Some(3));
        plate.channel[FATES as usize..].fill(HIDDEN);
        assert_eq!(picked(&plate, &places, &[3, 1], [100.0, 100.0]), Some(0));
    }

    /// A cut from y = 40 to 60 leaves the one in front out.
    #[test]
    fn a_cut_is_looked_into() {
        let mut plate = plate();
        plate.shot.slab = [0.0, 0.1, 0.0, -5.0];
        let places = [[50.0, 90.0, 50.0], [50.0, 45.0, 50.0]];
        assert_eq!(picked(&plate, &places, &[2, 0], [100.0, 100.0]), Some(1));
    }

    /// By hand: a quarter of the way round at radius 10, on a wall rolled out at 20: arc 20 pi/2 = 31.4159, two pixels a um.
    #[test]
    fn a_wall_is_rolled_out() {
        let mut shot = plate().shot;
        shot.unrolled = 20.0;
        let s = seen(&shot, DVec3::new(0.0, 10.0, 3.0)).unwrap();
        assert!((s.at - DVec2::new(62.831_853, 6.0)).length() < 1e-5, "{s:?}");
        // from outside: the larger radius is in front
        assert!(seen(&shot, DVec3::new(0.0, 20.0, 3.0)).unwrap().depth < s.depth);
    }
}
