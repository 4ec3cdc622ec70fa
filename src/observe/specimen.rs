//! What an observer knows of a run besides its profile, and where its parcels are.

use crate::engine::{Backend, Readings, Setup, Snapshot, Suspension};
use crate::model::CellClass;
use crate::{Error, fixed};

/// Standard deviations below the mean density up to which part of a species counts as lighter than the fluid: a fortieth of it
/// is lighter still.
const LIGHT: f64 = 2.0;

/// What is known of a run besides its profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Specimen {
    /// Family of each component.
    pub classes: Vec<CellClass>,
    /// For each component, whether part of it is lighter than the fluid.
    pub light: Vec<bool>,
    /// Volume fraction to which cells pack at most.
    pub packing_limit: f64,
    /// Height of a grid cell [um], within which places of crowded cells are not known; 0 in a dilute run, which has none.
    pub cell: f64,
    /// Whether the fluid above red cells is plasma; else it is a supernatant.
    pub plasma: bool,
}

impl Specimen {
    /// Of a setup whose fluid is plasma, or not.
    pub fn of(setup: &Setup, plasma: bool) -> Self {
        let light = |c: &crate::model::Component| {
            c.species.density - LIGHT * c.species.density_sd < setup.fluid.density
        };
        Self {
            classes: super::classes(setup),
            light: setup.components.iter().map(light).collect(),
            packing_limit: setup.physics.packing_limit,
            cell: match setup.physics.suspension {
                Suspension::Dense => setup.chamber.height() / f64::from(setup.layers().max(1)),
                Suspension::Dilute => 0.0,
            },
            plasma,
        }
    }

    /// Cells in plasma of which nothing else is known: they pack up to `packing_limit`, and a grid cell is a bin.
    pub fn blood(classes: &[CellClass], packing_limit: f64, cell: f64) -> Self {
        Self {
            classes: classes.to_vec(),
            light: vec![false; classes.len()],
            packing_limit,
            cell,
            plasma: true,
        }
    }

    /// Whether component `k` is of a class.
    pub(super) fn is(&self, k: usize, class: CellClass) -> bool {
        self.classes.get(k) == Some(&class)
    }
}

/// Depths of all parcels, by component, in order.
///
/// In a dilute run they are exact, and what lies on the bottom is known from what is just above. In a crowd they are not: there
/// cells are mixed within a grid cell, and counts of bins say all there is to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Depths {
    sorted: Vec<Vec<f32>>,
    bottom: f64,
}

/// How near to an end of the vessel a parcel lies on it, as a share of its height: places are known to a ten-millionth.
const ON: f64 = 1e-6;

impl Depths {
    /// Of a snapshot of a dilute run; none of a dense one.
    pub fn of(setup: &Setup, snapshot: &Snapshot) -> Option<Self> {
        if setup.physics.suspension == Suspension::Dense {
            return None;
        }
        Some(Self::new(
            setup,
            snapshot
                .kind
                .iter()
                .copied()
                .zip(snapshot.position[2].iter().copied()),
        ))
    }

    /// Of the parcels in a back-end, which stand by component as they were drawn; none of a dense run.
    ///
    /// # Errors
    /// [`Error::Device`] when the back-end fails.
    pub fn now(setup: &Setup, backend: &mut dyn Backend) -> Result<Option<Self>, Error> {
        if setup.physics.suspension == Suspension::Dense {
            return Ok(None);
        }
        let grid = setup.grid();
        let [.., depths] = backend.positions()?;
        let kinds = setup.components.iter().enumerate();
        let kinds = kinds.flat_map(|(k, c)| std::iter::repeat_n(k as u32, c.parcels));
        let depth = |p: u64| grid.position(2, fixed::to_cells(p)) as f32;
        Ok(Some(Self::new(setup, kinds.zip(depths.into_iter().map(depth)))))
    }

    /// Of parcels of which component and depth [um] are known.
    fn new(setup: &Setup, parcels: impl Iterator<Item = (u32, f32)>) -> Self {
        let mut sorted = vec![Vec::new(); setup.components.len()];
        for (k, z) in parcels {
            if let Some(list) = sorted.get_mut(k as usize) {
                list.push(z);
            }
        }
        for list in &mut sorted {
            list.sort_by(f32::total_cmp);
        }
        Self {
            sorted,
            bottom: setup.chamber.height(),
        }
    }

    /// Parcels of component `k` above a depth [um].
    pub(super) fn above(&self, k: usize, depth: f64) -> u64 {
        let list = self.sorted.get(k).map_or(&[][..], Vec::as_slice);
        // a bed thinner than places are known is still below its surface
        let depth = depth.min(self.bottom * (1.0 - ON));
        list.partition_point(|z| f64::from(*z) < depth) as u64
    }

    /// Parcels of component `k` that lie on the bottom.
    pub(super) fn on_the_bottom(&self, k: usize) -> u64 {
        let all = self.sorted.get(k).map_or(0, Vec::len) as u64;
        all - self.above(k, self.bottom * (1.0 - ON))
    }

    /// The same upside down.
    pub(super) fn mirrored(&self) -> Self {
        let turned = |list: &Vec<f32>| {
            list.iter()
                .rev()
                .map(|z| (self.bottom - f64::from(*z)) as f32)
                .collect()
        };
        Self {
            sorted: self.sorted.iter().map(turned).collect(),
            bottom: self.bottom,
        }
    }
}
