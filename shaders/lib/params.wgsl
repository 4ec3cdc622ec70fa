// What a step needs to know beside the buffers. Units: um, us, pg.
struct Params {
    // Rows of the acceleration's gradient [1/us2]; w: its value at the origin of the vessel frame [um/us2].
    row_x: vec4<f32>,
    row_y: vec4<f32>,
    row_z: vec4<f32>,
    // Rotor's angular velocity in the vessel frame [rad/us]; w: length of the step [us].
    omega: vec4<f32>,
    // Lower corner of the grid [um]; w: inner radius of the tube [um], 0 where no side wall is met.
    origin: vec4<f32>,
    // Size of a grid cell [um]; w: viscosity of the fluid [pg/(um us)].
    size: vec4<f32>,
    // Value of one unit of each moment [um3, pg, um5, pg um2].
    moment_unit: vec4<f32>,
    // Grid cells along x, y, z; w: all of them.
    cells: vec4<u32>,
    // Density of the fluid [pg/um3].
    fluid_density: f32,
    // Exponent n of the hindrance (1 - phi)^(n - 2).
    exponent: f32,
    // Volume fraction at which cells pack, and the width below it over which mobility falls to zero.
    packing_limit: f32,
    packing_width: f32,
    // Furthest a parcel may go in one dense step [grid cells].
    bound: f32,
    // Bit 0: Coriolis; bit 1: Schiller-Naumann; bit 2: motion across the vessel; bit 3: the magnets are on; for pictures bit 4:
    // cells crowd; bit 5: parcels have a fate.
    switches: u32,
    // Bins of a profile.
    bins: u32,
    // Number of the step since the start.
    step: u32,
    // Seed of the run.
    seed: u32,
    // Start of the step since the start of the run [us].
    time: f32,
    // Mean velocity of the fluid along the vessel [um/us].
    flow: f32,
    // Outlet that takes what leaves during the step, before the lanes divide it.
    outlet: u32,
}

// The part of the population that one set of buffers holds.
struct Page {
    first: u32,
    count: u32,
    // Threads in one row of the dispatch: larger pages need more than one row of workgroups.
    row: u32,
    // Magnets of this pass, for the kernel that sums their fields; `first` is the number of the first of them there.
    spare: u32,
}

const CORIOLIS: u32 = 1u;
const SCHILLER_NAUMANN: u32 = 2u;
const LATERAL: u32 = 4u;
const MAGNETS: u32 = 8u;
const CROWDED: u32 = 16u;
const CARRIED: u32 = 32u;
