//! Where a stretch of the vessel lies on the page: from depth and width [um] to pixels.

use crate::chamber::Chamber;

/// A window onto the vessel from the side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Left edge of the window [pixels].
    pub left: i32,
    /// Upper edge [pixels].
    pub top: i32,
    /// Width [pixels].
    pub width: u32,
    /// Height [pixels].
    pub height: u32,
    /// Depth at the upper edge [um].
    pub depth: f64,
    /// Size of a pixel [um].
    pub pixel: f64,
}

impl Frame {
    /// Page height [pixels] of a depth [um], unrounded.
    pub(super) fn y(&self, depth: f64) -> f64 {
        f64::from(self.top) + (depth - self.depth) / self.pixel
    }

    /// Depth [um] in the middle of row `row` of the window.
    pub(super) fn row_depth(&self, row: u32) -> f64 {
        self.depth + (f64::from(row) + 0.5) * self.pixel
    }

    /// Depth of the lower edge [um].
    pub(super) fn end(&self) -> f64 {
        self.depth + f64::from(self.height) * self.pixel
    }

    /// Half the vessel's width in row `row` [pixels], unrounded.
    pub(super) fn half_width(&self, chamber: &Chamber, row: u32) -> f64 {
        let depth = self.row_depth(row).clamp(0.0, chamber.height());
        chamber.half_width(depth) / self.pixel
    }

    /// How far across the vessel column `column` lies in row `row`: -1 and 1 are its walls.
    pub(super) fn across(&self, chamber: &Chamber, row: u32, column: u32) -> f64 {
        (f64::from(column) + 0.5 - 0.5 * f64::from(self.width)) / self.half_width(chamber, row)
    }
}
