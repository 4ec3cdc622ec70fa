//! How a picture is taken, as its kernels know it.

use super::params::Step;
use super::passage::FATES;
use crate::rng::pcg3d;
use crate::shaders::{gpu_constants, gpu_struct};
use std::f64::consts::TAU;
use std::sync::Arc;

gpu_struct! {
    /// Twin of `Shot` in `shaders/lib/shot.wgsl`, which says what each field is.
    pub struct Shot {
        /// Row of the map that gives the column.
        pub column: [f32; 4],
        /// Row of the map that gives the row.
        pub row: [f32; 4],
        /// Row of the map that gives the divisor.
        pub divisor: [f32; 4],
        /// What is drawn lies between -1 and 1.
        pub slab: [f32; 4],
        /// Pixels across.
        pub width: u32,
        /// Pixels down.
        pub height: u32,
        /// Amounts of a pixel.
        pub channels: u32,
        /// 1 where parcels have a fate.
        pub fated: u32,
        /// Radius at which the vessel is unrolled [um].
        pub unrolled: f32,
        /// Pixels a um.
        pub scale: f32,
        /// Least radius of a disc [pixels].
        pub least: f32,
        /// Greatest radius of a disc [pixels].
        pub most: f32,
        /// Bands along z, each with its own discs.
        pub bands: u32,
        /// Entries from one value to the next; 0 for classes.
        pub stride: u32,
        /// 1 where values are those of grid cells.
        pub of_cells: u32,
        /// First entry.
        pub offset: u32,
        /// Value at the lower end of the colours.
        pub low: f32,
        /// One over the range of values.
        pub per_range: f32,
        /// Steps of a value.
        pub steps: f32,
        /// Opacity of an amount of one, for values.
        pub gain: f32,
    }
}

/// What parcels are coloured by, as a back-end finds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// A class: their component, or what has become of them.
    #[default]
    Class,
    /// Their density less the fluid's [pg/um3].
    Excess,
    /// The logarithm to base 2 of their speed relative to the fluid [um/us], in the step that the plate names.
    Slip,
    /// Their magnetic mobility [um3 us/pg]; only in a separator.
    Magnetic,
    /// The volume fraction of all cells where they are; only in a dense run.
    Fraction,
}

/// A component and fate that is not drawn.
pub const HIDDEN: u32 = u32::MAX;

gpu_struct! {
    /// Twin of `Blot` in `shaders/lib/shot.wgsl`: how a parcel is drawn.
    pub struct Blot {
        /// Radius of its disc [um].
        pub radius: f32,
        /// Amount of a pixel in the middle of its disc.
        pub amount: f32,
        /// How far a free parcel is drawn from its place at most, along each side of the page [um]; zero where it is drawn as a cell.
        pub shift: f32,
        /// Nothing.
        pub spare: f32,
    }
}

gpu_constants! {
    /// From the sum of two numbers of 16 bits to one up to 2.
    const EVEN: f64 = 1.0 / 65536.0;
}

/// Which way a parcel is drawn from its place, in its blot's shifts: where parcels start is too regular for the eye. Sums of two even
/// chances, whose spectrum falls faster than that of one.
pub fn strayed(parcel: u32, kind: u32) -> [f64; 2] {
    let [x, y, _] = pcg3d([parcel, kind, 0]);
    [x, y].map(|c| f64::from((c & 0xffff) + (c >> 16)) * EVEN - 1.0)
}

/// A picture to be taken: everything that a back-end does not know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plate {
    /// Geometry and scales. What depends on `shown` (stride, of_cells, offset, fated) is filled in by the back-end.
    pub shot: Shot,
    /// What is shown.
    pub shown: Shown,
    /// The acceleration, and whether the magnets are on, at the moment of the picture; read where the slip is shown.
    pub step: Step,
    /// Discs by component and band along z.
    pub blots: Vec<Blot>,
    /// Channel by component and fate, [`FATES`] a component, or [`HIDDEN`].
    pub channel: Vec<u32>,
    /// Colours in linear light, as `tint` reads them.
    pub palette: Vec<[f32; 4]>,
    /// What lies behind, pixel by pixel, in linear light, and how much of the pixel cells may show in. It is the largest part and the same
    /// from picture to picture, so that a back-end which has it already can tell.
    pub behind: Arc<Vec<[f32; 4]>>,
}

impl Plate {
    /// The shot for a back-end whose parcels have fates or not.
    pub fn shot_for(&self, fated: bool) -> Shot {
        let (stride, of_cells, offset) = match self.shown {
            Shown::Class => (0, 0, 0),
            Shown::Excess | Shown::Slip => (1, 0, 0),
            Shown::Magnetic => (2, 0, 0),
            Shown::Fraction => (4, 1, 3),
        };
        Shot {
            fated: u32::from(fated),
            stride,
            of_cells,
            offset,
            ..self.shot
        }
    }

    /// Number of pixels.
    pub fn pixels(&self) -> usize {
        self.shot.width as usize * self.shot.height as usize
    }

    /// Number of sums over all pixels.
    pub fn sums(&self) -> usize {
        self.pixels() * self.shot.channels as usize
    }

    /// The same in words: it does not hold together.
    ///
    /// # Errors
    /// [`crate::Error::Internal`] saying what does not fit.
    pub fn check(&self, components: usize) -> Result<(), crate::Error> {
        let needed = match self.shown {
            Shown::Class => self.shot.channels as usize,
            _ => self.shot.steps as usize + 2,
        };
        let sound = self.blots.len() == components * self.shot.bands as usize
            && self.shot.bands > 0
            && self.channel.len() == components * FATES as usize
            && self.palette.len() >= needed
            && self.behind.len() == self.pixels()
            && (self.shown == Shown::Class || self.shot.channels == 2);
        if sound {
            Ok(())
        } else {
            Err(crate::Error::Internal(
                "a picture's tables do not fit its shot".into(),
            ))
        }
    }
}

/// How much of a pixel a disc of radius `r` covers whose middle is `d` away from the pixel's, both in pixels: one in the middle,
/// two fifths at the rim, which makes a disc of many pixels look round; its edge is one pixel wide. A choice, not physics.
pub fn disc(d: f64, r: f64) -> f64 {
    let part = (d / r).min(1.0);
    (r + 0.5 - d).clamp(0.0, 1.0) * (1.0 - 0.6 * part * part)
}

/// The ink of a whole disc [pixels]: the integral of [`disc`] over the plane.
pub fn ink(r: f64) -> f64 {
    const RINGS: u32 = 256;
    let width = (r + 0.5) / f64::from(RINGS);
    (0..RINGS)
        .map(|i| (f64::from(i) + 0.5) * width)
        .map(|d| TAU * d * disc(d, r) * width)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: of a large disc r2 pi (1 - 0.6/2) is left, and its soft edge adds as much outside as it takes inside.
    #[test]
    fn a_large_disc() {
        let r = 400.0;
        assert!((ink(r) / (std::f64::consts::PI * r * r * 0.7) - 1.0).abs() < 2e-3);
        assert_eq!(disc(0.0, r), 1.0);
        assert_eq!(disc(r + 0.5, r), 0.0);
        assert!((disc(r, r) - 0.2).abs() < 1e-15);
    }
}
