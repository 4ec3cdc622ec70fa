//! The vessel of a run in which a field or a flow carries parcels, as its kernels know it.

use super::params::gpu_struct;
use bytemuck::{Pod, Zeroable};

gpu_struct! {
    /// Twin of `Passage` in `shaders/lib/passage.wgsl`, which says what each field is.
    pub struct Passage {
        /// Radii or half widths; z: length.
        pub wall: [f32; 4],
        /// Lanes that divide the outlets.
        pub splits: [f32; 4],
        /// [`TUBE`], [`ANNULUS`] or [`CHANNEL`].
        pub shape: u32,
        /// 1 where the far end is open.
        pub open: u32,
        /// Bit k: surface k holds what a field pulls onto it.
        pub holding: u32,
        /// Intervals of the velocity profile.
        pub lanes: u32,
    }
}

/// [`Passage::shape`]: within the outer radius.
pub const TUBE: u32 = 0;
/// [`Passage::shape`]: between the inner and the outer radius.
pub const ANNULUS: u32 = 1;
/// [`Passage::shape`]: between half the widths.
pub const CHANNEL: u32 = 2;

/// Fate of a parcel: on its way.
pub const FREE: u32 = 0;
/// Fate of a parcel: not yet in.
pub const WAITING: u32 = 1;
/// Fate of a parcel: held by the first surface; the others follow.
pub const HELD: u32 = 2;
/// Fate of a parcel: out by the first outlet; the others follow.
pub const OUT: u32 = 8;
/// Number of fates.
pub const FATES: u32 = 12;

/// Surface: the inner wall, or that at low x.
pub const INNER: u32 = 0;
/// Surface: the outer wall, or that at high x.
pub const OUTER: u32 = 1;
/// Surface: the wall at low y.
pub const LOW_Y: u32 = 2;
/// Surface: the wall at high y.
pub const HIGH_Y: u32 = 3;
/// Surface: the closed end.
pub const END: u32 = 4;
