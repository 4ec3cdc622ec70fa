//! A flow given by the volume that passes through every face of a grid, in the grid's own coordinates.

use crate::Error;

/// Share of the greatest flux through a face by which what flows into a cell may differ from what flows out.
const BALANCED: f64 = 1e-9;

/// Where the faces across `axis` begin among those of all axes, and how far apart the two faces of a cell are, on a grid of `n` cells.
#[inline(always)]
pub fn faces(n: [usize; 3], axis: usize) -> (usize, usize) {
    let across_x = (n[0] + 1) * n[1] * n[2];
    let across_y = n[0] * (n[1] + 1) * n[2];
    [(0, 1), (across_x, n[0]), (across_x + across_y, n[0] * n[1])][axis]
}

/// The lower face across `axis` of the cell `[x, y, z]`, counted from where the faces of that axis begin.
#[inline(always)]
pub fn lower(n: [usize; 3], axis: usize, [x, y, z]: [usize; 3]) -> usize {
    let [nx, ny] = [n[0] + usize::from(axis == 0), n[1] + usize::from(axis == 1)];
    (z * ny + y) * nx + x
}

/// Volume a time through the faces of a grid [um3/us], positive towards higher coordinates. Nothing passes through the outer faces, and as
/// much flows into every cell as out of it: the fluid circulates within a closed vessel.
#[derive(Clone, Debug, PartialEq)]
pub struct Fluxes {
    cells: [u32; 3],
    through: Vec<f64>,
}

impl Fluxes {
    /// The circulation with this stream function in the plane of two `axes`, the same in every cell along the third axis. `psi(i, j)` is the
    /// volume a time [um3/us] that passes, within one cell along the third axis, between the outer wall and the edge `i`, `j` of the cells. It
    /// flows along `axes[0]` where psi rises along `axes[1]`. On the outer edges psi is zero. As fluxes are differences of psi, they are balanced
    /// to rounding. The same axis twice, and an axis above 2, are a fluid at rest.
    pub fn of_stream_function(cells: [u32; 3], axes: [usize; 2], psi: impl Fn(u32, u32) -> f64) -> Self {
        let n = cells.map(|n| n as usize);
        let still = axes[0] == axes[1] || axes.iter().any(|k| *k > 2);
        let axes = if still { [0, 1] } else { axes };
        let inner = |i: usize, j: usize| {
            let [a, b] = axes.map(|k| n[k]);
            match i > 0 && j > 0 && i < a && j < b {
                true => psi(i as u32, j as u32),
                false => 0.0,
            }
        };
        let mut through = Vec::new();
        for axis in 0..3 {
            let count: [usize; 3] = std::array::from_fn(|k| n[k] + usize::from(k == axis));
            for z in 0..count[2] {
                for y in 0..count[1] {
                    for x in 0..count[0] {
                        let [i, j] = axes.map(|k| [x, y, z][k]);
                        through.push(if still {
                            0.0
                        } else if axis == axes[0] {
                            inner(i, j + 1) - inner(i, j)
                        } else if axis == axes[1] {
                            inner(i, j) - inner(i + 1, j)
                        } else {
                            0.0
                        });
                    }
                }
            }
        }
        Self { cells, through }
    }

    /// These volumes a time [um3/us] through the faces of a grid of so many cells: those across x with x fastest, then those across y, then those
    /// across z.
    ///
    /// # Errors
    /// [`Error::Input`] if there are not as many as faces, if one is not finite, if something flows through an outer face, or if more flows into a
    /// cell than out of it.
    pub fn new(cells: [u32; 3], through: Vec<f64>) -> Result<Self, Error> {
        let n = cells.map(|n| n as usize);
        let (begin, _) = faces(n, 2);
        let all = begin + n[0] * n[1] * (n[2] + 1);
        if through.len() != all {
            return Err(Error::Input(format!(
                "a grid of {cells:?} cells has {all} faces, and there are {} fluxes",
                through.len()
            )));
        }
        let new = Self { cells, through };
        let greatest = new.through.iter().fold(0.0_f64, |m, f| m.max(f.abs()));
        if new.through.iter().any(|f| !f.is_finite()) {
            return Err(Error::Input("a flux through a face is no finite number".into()));
        }
        for at in new.places() {
            for axis in 0..3 {
                let [low, high] = new.of(at, axis);
                let flows = |f: f64| f.abs() > BALANCED * greatest;
                let outer = (at[axis] == 0 && flows(low)) || (at[axis] + 1 == n[axis] && flows(high));
                if outer {
                    return Err(Error::Input(format!(
                        "fluid flows through an outer face of the cell {at:?}; in a closed vessel nothing does"
                    )));
                }
            }
            let net = new.net(at);
            if net.abs() > BALANCED * greatest {
                return Err(Error::Input(format!(
                    "{net:e} um3/us more flow out of the cell {at:?} than into it; at most {:e} may",
                    BALANCED * greatest
                )));
            }
        }
        Ok(new)
    }

    /// Number of cells along each axis.
    pub fn cells(&self) -> [u32; 3] {
        self.cells
    }

    /// All fluxes [um3/us], in the order of [`Fluxes::new`].
    pub fn through(&self) -> &[f64] {
        &self.through
    }

    /// Through the lower and the upper face of a cell across an axis [um3/us].
    pub fn of(&self, at: [usize; 3], axis: usize) -> [f64; 2] {
        let n = self.cells.map(|n| n as usize);
        let (begin, stride) = faces(n, axis);
        let low = begin + lower(n, axis, at);
        [self.through[low], self.through[low + stride]]
    }

    /// What flows out of a cell less what flows in [um3/us].
    pub fn net(&self, at: [usize; 3]) -> f64 {
        (0..3)
            .map(|axis| {
                let [low, high] = self.of(at, axis);
                high - low
            })
            .sum()
    }

    /// A bound of the rate at which fluid passes through a cell of one of these volumes [um3], x fastest, over that volume [1/us]: the greater flux
    /// along each axis, added up.
    pub fn fastest(&self, volumes: &[f64]) -> f64 {
        let passing = |at: [usize; 3]| -> f64 {
            (0..3)
                .map(|axis| self.of(at, axis).into_iter().fold(0.0_f64, |m, f| m.max(f.abs())))
                .sum()
        };
        let rates = self.places().zip(volumes).map(|(at, v)| passing(at) / v);
        rates.fold(0.0, f64::max)
    }

    /// All cells, x fastest.
    fn places(&self) -> impl Iterator<Item = [usize; 3]> + use<> {
        let [a, b, c] = self.cells.map(|n| n as usize);
        (0..c).flat_map(move |z| (0..b).flat_map(move |y| (0..a).map(move |x| [x, y, z])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: on 2 x 1 x 2 cells there is one inner edge. With psi = 1 there, 1 um3/us goes round it through the four inner faces.
    #[test]
    fn one_vortex() {
        let f = Fluxes::of_stream_function([2, 1, 2], [0, 2], |_, _| 1.0);
        // across x: between the two lower cells 1, between the two upper ones -1
        assert_eq!(f.of([0, 0, 0], 0), [0.0, 1.0]);
        assert_eq!(f.of([1, 0, 1], 0), [-1.0, 0.0]);
        // across z: down on the left, up on the right
        assert_eq!(f.of([0, 0, 0], 2), [0.0, -1.0]);
        assert_eq!(f.of([1, 0, 1], 2), [1.0, 0.0]);
        assert!(f.places().all(|at| f.net(at) == 0.0));
        assert_eq!(f.fastest(&[4.0; 4]), 0.5);
        assert_eq!(Fluxes::new([2, 1, 2], f.through().to_vec()).unwrap(), f);
    }

    #[test]
    fn what_is_not_balanced_is_refused() {
        let f = Fluxes::of_stream_function([3, 2, 4], [1, 2], |i, j| f64::from(i * j));
        let spoiled = |i: usize, x: f64| {
            let mut all = f.through().to_vec();
            all[i] = x;
            Fluxes::new([3, 2, 4], all).unwrap_err().to_string()
        };
        // the first face across x is an outer one, the second an inner one
        assert!(spoiled(0, 1.0).contains("outer face of the cell [0, 0, 0]"));
        assert!(spoiled(1, 1.0).contains("more flow out of the cell [0, 0, 0]"));
        assert!(spoiled(1, f64::NAN).contains("no finite number"));
        assert!(
            Fluxes::new([3, 2, 4], vec![0.0; 3])
                .unwrap_err()
                .to_string()
                .contains("98 faces")
        );
    }
}
