// What a batch of steps is counted in: greatest displacement (bits of a positive float, in grid cells), displacements
// held back, first bad step, first bad parcel in it, greatest volume fraction, or share of a patch that filled (bits of a positive float).
const GREATEST: u32 = 0u;
const BOUNDED: u32 = 1u;
const BAD_STEP: u32 = 2u;
const BAD_PARCEL: u32 = 3u;
const FULLEST: u32 = 4u;
