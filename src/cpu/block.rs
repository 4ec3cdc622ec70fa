//! A few parcels side by side, so that the compiler may use vectors for the step of carried parcels.

use crate::kernels::passage::HELD;

/// Parcels in a block: enough that most of their look-ups are on their way from memory at once, few enough for the stack to
/// stay in the first cache. Half of it is slower, twice of it no faster.
pub const LANES: usize = 16;

/// One number of each parcel of a block.
pub type Floats = [f32; LANES];

/// The same in f64.
pub type Reals = [f64; LANES];

/// The columns of a chunk that the step only reads.
pub struct Given<'a> {
    pub mobility: &'a [f32],
    pub excess: &'a [f32],
    pub magnetic: &'a [[f32; 2]],
    pub kind: &'a [u32],
}

/// The columns of a chunk that the step writes.
pub struct Changed<'a> {
    pub x: &'a mut [u64],
    pub y: &'a mut [u64],
    pub z: &'a mut [u64],
    pub fate: &'a mut [u32],
    pub clock: &'a mut [[f32; 2]],
}

/// Parcels side by side, so that the compiler may use vectors. What is missing in the last block of a chunk is held already.
pub struct Block {
    pub position: [[u64; LANES]; 3],
    pub mobility: Floats,
    pub excess: Floats,
    pub magnetic: Floats,
    pub per_field: Floats,
    pub fate: [u32; LANES],
    /// When it enters [us].
    pub enter: Floats,
}

impl Block {
    /// The parcels from number `from` of the chunk on.
    #[inline(always)]
    pub fn take(given: &Given<'_>, changed: &Changed<'_>, from: usize) -> Self {
        #[inline(always)]
        fn head<T: Copy>(column: &[T], from: usize, rest: T) -> [T; LANES] {
            let column = &column[from..];
            if let Some(whole) = column.first_chunk() {
                return *whole;
            }
            let mut head = [rest; LANES];
            head[..column.len()].copy_from_slice(column);
            head
        }
        let (magnetic, clock) = (
            head(given.magnetic, from, [0.0; 2]),
            head(changed.clock, from, [0.0; 2]),
        );
        let (mut mobile, mut per_field, mut enter) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            [mobile[l], per_field[l]] = magnetic[l];
            enter[l] = clock[l][0];
        }
        Self {
            position: [
                head(changed.x, from, 0),
                head(changed.y, from, 0),
                head(changed.z, from, 0),
            ],
            mobility: head(given.mobility, from, 0.0),
            excess: head(given.excess, from, 0.0),
            magnetic: mobile,
            per_field,
            fate: head(changed.fate, from, HELD),
            enter,
        }
    }

    /// Writes places and fates back. Times are written where walls are met, which is rare.
    #[inline(always)]
    pub fn put(&self, changed: &mut Changed<'_>, from: usize) {
        #[inline(always)]
        fn put<T: Copy>(column: &mut [T], from: usize, values: &[T; LANES]) {
            let column = &mut column[from..];
            if let Some(whole) = column.first_chunk_mut() {
                *whole = *values;
            } else {
                let n = column.len();
                column.copy_from_slice(&values[..n]);
            }
        }
        put(changed.x, from, &self.position[0]);
        put(changed.y, from, &self.position[1]);
        put(changed.z, from, &self.position[2]);
        put(changed.fate, from, &self.fate);
    }
}
