// The vessel of a run in which a field or a flow carries parcels: its walls, its open end, its outlets.
struct Passage {
    // Inner and outer radius of a tube or an annulus, or half the width of a channel along x and along y; z: length [um].
    wall: vec4<f32>,
    // Strips that divide the outlets, ascending; above one where there is no more.
    splits: vec4<f32>,
    // Furthest that a part of a step leads along each axis [um]; w: share by which a velocity may change on half of its way.
    stride: vec4<f32>,
    // TUBE, ANNULUS or CHANNEL.
    shape: u32,
    // 1 where the far end is open.
    open: u32,
    // Bit k: surface k holds what a field pulls onto it.
    holding: u32,
    // Intervals of the flow's nodes across.
    lanes: u32,
    // One over the share of a column that is fluid.
    per_porosity: f32,
    // How far a column's windings carry cells ahead and behind [um].
    dispersivity: f32,
    // Magnetic velocity at a collector over magnetic mobility [pg/(um2 us2)].
    strength: f32,
    // Share of the held cells that come off when the magnets are off.
    released: f32,
    // Intervals of the flow's nodes around (0: it is the same all around and along), and along (0: the same all
    // along, and along the duct).
    around: u32,
    along: u32,
    // 1 where outlets lie side by side over the width of a channel, not across the lanes.
    by_width: u32,
    spare: u32,
}

const TUBE: u32 = 0u;
const ANNULUS: u32 = 1u;
const CHANNEL: u32 = 2u;

// What has become of a parcel: on its way, not yet in, held by a surface (one value each), out by an outlet (one each).
const FREE: u32 = 0u;
const WAITING: u32 = 1u;
const HELD: u32 = 2u;
const OUT: u32 = 8u;
const FATES: u32 = 12u;

// Surfaces: inner and outer wall; in a channel the walls at low x, high x, low y, high y; the closed end.
const INNER: u32 = 0u;
const OUTER: u32 = 1u;
const LOW_Y: u32 = 2u;
const HIGH_Y: u32 = 3u;
const END: u32 = 4u;
// The matrix of a column.
const MATRIX: u32 = 5u;
const SURFACES: u32 = 6u;
