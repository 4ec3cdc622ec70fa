//! Positions as integers: the index of a grid cell in the upper, 2^-32 fractions of that cell in the lower
//! 32 bits.
//!
//! A float cannot hold a vessel and a cell's step at once (0.1 m + 1e-10 m = 0.1 m in f32). One unit here is
//! a cell over 2^32, below 1e-13 m for cells under 0.4 mm.

/// 2^32, units in a cell.
pub const UNITS_PER_CELL: f64 = 4_294_967_296.0;

/// Most grid cells along an axis: positions stay below 2^52, where conversion to f64 is exact.
pub const MAX_CELLS: u32 = 1 << 20;

/// 2^52: adding it to a smaller non-negative float leaves the rounded integer in the mantissa.
const MAGIC: f64 = 4_503_599_627_370_496.0;

/// Position in units, as cells. Exact.
#[inline(always)]
pub fn to_cells(position: u64) -> f64 {
    (f64::from_bits(MAGIC.to_bits() | position) - MAGIC) * (1.0 / UNITS_PER_CELL)
}

/// `x` cells as a position on an axis of `cells` cells: rounded to the nearest unit, ties to even, and held
/// inside `[0, cells)`. NaN becomes 0.
#[inline(always)]
pub fn from_cells(x: f64, cells: u32) -> u64 {
    let last = f64::from(cells) * UNITS_PER_CELL - 1.0;
    // one instruction each, unlike `f64::max`, which gives up the other number where one is none
    let units = x * UNITS_PER_CELL;
    let units = if units > 0.0 { units } else { 0.0 };
    to_units(if units < last { units } else { last })
}

/// A number in `[0, 2^52)`, rounded to the nearest whole number, ties to even.
#[inline(always)]
pub fn whole(x: f64) -> f64 {
    (x + MAGIC) - MAGIC
}

/// A number of units in `[0, 2^52)`, rounded to the nearest integer, ties to even.
#[inline(always)]
pub fn to_units(units: f64) -> u64 {
    (units + MAGIC).to_bits() - MAGIC.to_bits()
}

/// Index of the grid cell.
#[inline(always)]
pub fn cell(position: u64) -> u32 {
    (position >> 32) as u32
}

/// Place within the grid cell, 0..1.
#[inline(always)]
pub fn fraction(position: u64) -> f64 {
    f64::from(position as u32) * (1.0 / UNITS_PER_CELL)
}

/// True if a position lies on a grid of so many cells along each axis.
#[inline(always)]
pub fn inside(position: [u64; 3], cells: [u32; 3]) -> bool {
    position.iter().zip(cells).all(|(p, n)| p >> 32 < u64::from(n))
}
