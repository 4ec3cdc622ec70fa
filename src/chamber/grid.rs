//! The staggered grid over a vessel.

use super::Chamber;

/// A box of equal cells over the vessel's bounds; the volumes are those of the part inside the vessel.
///
/// A closed vessel in which the fluid rests needs one cell across: with side walls parallel to the acceleration
/// the motion is one-dimensional, and where they are not quite (a tube in a rotor) one wide cell stands for
/// a cross-section that lateral convection keeps mixed. A channel in which fluid circulates has several.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Cells along x, y, z.
    pub cells: [u32; 3],
    /// Lower corner [um].
    pub origin: [f64; 3],
    /// Size of a cell [um].
    pub size: [f64; 3],
    /// Open volume of each cell [um3], x fastest.
    pub volume: Vec<f64>,
}

impl Grid {
    /// So many cells along each axis. Where there is one across, their volumes are those of the layers of the chamber; otherwise
    /// they have none, as nothing is summed on them ([`Grid::summed`]).
    pub fn new(chamber: &Chamber, cells: [u32; 3]) -> Self {
        let (low, high) = chamber.bounds();
        let size: [f64; 3] = std::array::from_fn(|k| (high[k] - low[k]) / f64::from(cells[k]));
        let edge = |i: u32| chamber.volume_above(low[2] + f64::from(i) * size[2]);
        let layers = if cells[..2] == [1, 1] { cells[2] } else { 0 };
        Self {
            cells,
            origin: low,
            size,
            volume: (0..layers).map(|i| edge(i + 1) - edge(i)).collect(),
        }
    }

    /// As [`Grid::new`], with the volume of every cell where the walls of the chamber are planes of cells: with several across only those of a
    /// channel are.
    pub fn summed(chamber: &Chamber, cells: [u32; 3]) -> Self {
        let mut grid = Self::new(chamber, cells);
        if grid.is_empty() && chamber.is_box() {
            let all = cells.iter().map(|n| *n as usize).product();
            grid.volume = vec![grid.size.iter().product(); all];
        }
        grid
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.volume.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.volume.is_empty()
    }

    /// Where the middle of cell number `i`, x fastest, is along z [um].
    pub fn depth(&self, i: usize) -> f64 {
        let across = (self.cells[0] as usize * self.cells[1] as usize).max(1);
        self.position(2, (i / across) as f64 + 0.5)
    }

    /// A coordinate [um] counted in cells from the lower corner.
    pub fn coordinate(&self, axis: usize, x: f64) -> f64 {
        (x - self.origin[axis]) / self.size[axis]
    }

    /// The reverse: `cells` from the lower corner as a coordinate of the vessel frame [um].
    pub fn position(&self, axis: usize, cells: f64) -> f64 {
        self.origin[axis] + cells * self.size[axis]
    }
}
