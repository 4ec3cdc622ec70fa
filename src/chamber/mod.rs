//! Vessels: signed distance (positive inside), bounds, exact volume, and the grid laid over them.

pub mod duct;
mod grid;
pub mod sector;
pub mod tube;

pub use grid::Grid;

/// A vessel in its own frame: z along the axis from the meniscus or the inlet, lengths in um.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Chamber {
    /// A cylinder with a flat bottom.
    Tube(tube::Tube),
    /// A sector-shaped cell whose side walls are radial.
    Sector(sector::Sector),
    /// The same cross-section from end to end; a flow may pass through it.
    Duct(duct::Duct),
}

impl Chamber {
    /// Signed distance to the wall [um], positive inside.
    pub fn distance(&self, q: [f64; 3]) -> f64 {
        match self {
            Self::Tube(c) => c.distance(q),
            Self::Sector(c) => c.distance(q),
            Self::Duct(c) => c.distance(q),
        }
    }

    /// Whether its walls are six planes along the axes, so that a grid of boxes fills it.
    pub fn is_box(&self) -> bool {
        matches!(
            self,
            Self::Duct(duct::Duct {
                section: duct::Section::Channel { .. },
                ..
            })
        )
    }

    /// Volume of the sample [um3]; exact.
    pub fn volume(&self) -> f64 {
        self.volume_above(self.height())
    }

    /// Height of the sample, meniscus to bottom, or length of a duct [um].
    pub fn height(&self) -> f64 {
        match self {
            Self::Tube(c) => c.height,
            Self::Sector(c) => c.height,
            Self::Duct(c) => c.length,
        }
    }

    /// Volume between the meniscus and depth `z` [um3]; exact.
    pub fn volume_above(&self, z: f64) -> f64 {
        match self {
            Self::Tube(c) => c.volume_above(z),
            Self::Sector(c) => c.volume_above(z),
            Self::Duct(c) => c.section.area() * z,
        }
    }

    /// The point at rank `along` of the volume from the top and ranks `u`, `v` across: equal ranks hold equal
    /// volumes.
    pub fn place(&self, along: f64, u: f64, v: f64) -> [f64; 3] {
        match self {
            Self::Tube(c) => c.place(along, u, v),
            Self::Sector(c) => c.place(along, u, v),
            Self::Duct(c) => c.place(along, u, v),
        }
    }

    /// Lower and upper corner of the bounding box [um].
    pub fn bounds(&self) -> ([f64; 3], [f64; 3]) {
        match self {
            Self::Tube(c) => c.bounds(),
            Self::Sector(c) => c.bounds(),
            Self::Duct(c) => c.bounds(),
        }
    }

    /// The straight duct whose walls are the chamber's. Those of a sector are not parallel: of it the box around it.
    pub fn duct(&self) -> duct::Duct {
        let section = match self {
            Self::Duct(c) => c.section,
            Self::Tube(c) => duct::Section::Tube { radius: c.radius },
            Self::Sector(_) => {
                let (low, high) = self.bounds();
                duct::Section::Channel {
                    width: high[0] - low[0],
                    height: high[1] - low[1],
                }
            }
        };
        duct::Duct {
            section,
            length: self.height(),
        }
    }

    /// Half the width seen from the side at depth `z` [um], for pictures.
    pub fn half_width(&self, z: f64) -> f64 {
        match self {
            Self::Tube(c) => c.radius,
            Self::Sector(c) => c.half_width(z),
            Self::Duct(c) => c.section.half()[0],
        }
    }
}
