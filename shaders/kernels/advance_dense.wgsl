// Moves every parcel one step through a crowded suspension, axis by axis: as fast as the grid cell lets it that it
// would move into (look-ahead), from a place within its own cell that is drawn anew where cells crowd.
#import lib/params
#import lib/position
#import lib/random
#import lib/report
#import laws/acceleration
#import laws/slip
#import laws/look_ahead
#import laws/mixing
#import laws/stiffness

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read_write> position_x: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> position_y: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read_write> position_z: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> mobility: array<f32>;
@group(0) @binding(6) var<storage, read> excess: array<f32>;
@group(0) @binding(7) var<storage, read> fields: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> stats: array<atomic<u32>>;

var<workgroup> greatest: atomic<u32>;
var<workgroup> bounded: atomic<u32>;

// Share of a wave's Courant number that counts as a cell's.
const WAVES: f32 = 0.4;

// Velocity that a grid cell allows [um/us], for a parcel of mobility m0 and excess density e.
fn allowed(cell: u32, m0: f32, e: f32, a: f32) -> f32 {
    let f = fields[cell];
    let mu = params.size.w;
    return slip(m0, e, f.y, f.x, a, mu) - f.z * a / mu;
}

// How the speed of a wave into a grid cell compares with what a step may do; never less than one.
fn waves(cell: u32) -> f32 {
    return max(1.0, WAVES * stiffness(fields[cell].w, params.exponent, params.packing_limit, params.packing_width));
}

// Displacement along one axis [grid cells], and the Courant number that counts for the length of the step: `at` is the place
// [um], `fraction` that within the cell.
fn one_axis(at: vec3<f32>, cell: u32, index: u32, stride: u32, axis: u32, m0: f32, e: f32, fraction: f32) -> vec2<f32> {
    let size = params.size[axis];
    var q = at;
    // a wall lets nothing through
    var behind = 0.0;
    var courant = 0.0;
    if index > 0u {
        q[axis] = params.origin[axis] + f32(index) * size;
        behind = allowed(cell - stride, m0, e, acceleration(q, params.row_x, params.row_y, params.row_z)[axis]);
        courant = max(-behind, 0.0) * waves(cell - stride);
    }
    var ahead = 0.0;
    if index + 1u < params.cells[axis] {
        q[axis] = params.origin[axis] + f32(index + 1u) * size;
        ahead = allowed(cell + stride, m0, e, acceleration(q, params.row_x, params.row_y, params.row_z)[axis]);
        courant = max(courant, ahead * waves(cell + stride));
    }
    // the look-ahead would take what is not a number for zero
    if is_bad(ahead) {
        return vec2<f32>(ahead);
    }
    if is_bad(behind) {
        return vec2<f32>(behind);
    }
    return vec2<f32>(look_ahead(ahead, behind, fraction), courant) * params.omega.w / size;
}

// The place within a crowded grid cell is drawn anew, so that no convoys form.
fn mixed(p: vec2<u32>, i: u32, axis: u32, phi: f32) -> vec2<u32> {
    let r = pcg3d(vec3<u32>(page.first + i, params.step, key(params.seed, axis)));
    // as integers of 24 bits, which a float holds: at a share of one every parcel is mixed
    if (r.x >> 8u) < u32(mixing(phi) * 16777216.0) {
        return vec2<u32>(r.y, p.y);
    }
    return p;
}

// Displacement within the bound; keeps count.
fn checked(way: vec2<f32>, i: u32) -> f32 {
    let d = way.x;
    if is_bad(d) {
        report(i);
        return 0.0;
    }
    // without the sign that a zero may have
    atomicMax(&greatest, bitcast<u32>(abs(way.y)));
    if abs(d) > params.bound {
        atomicAdd(&bounded, 1u);
        return clamp(d, -params.bound, params.bound);
    }
    return d;
}

// Whether there is an acceleration along an axis. Along others nothing settles, and nothing is mixed.
fn slips(axis: u32) -> bool {
    var row = params.row_z;
    if axis < 2u {
        row = select(params.row_x, params.row_y, axis == 1u);
    }
    return any(row != vec4<f32>(0.0));
}

// One step of a parcel.
fn step_of(i: u32) {
    let n = params.cells;
    var p = array<vec2<u32>, 3>(position_x[i], position_y[i], position_z[i]);
    if p[0].y >= n.x || p[1].y >= n.y || p[2].y >= n.z {
        report(i);
        return;
    }
    let at = params.origin.xyz + params.size.xyz * vec3<f32>(coordinate(p[0]), coordinate(p[1]), coordinate(p[2]));
    let cell = (p[2].y * n.y + p[1].y) * n.x + p[0].y;
    let phi = fields[cell].w;
    var stride = 1u;
    for (var axis = 0u; axis < 3u; axis++) {
        let cells = n[axis];
        if cells > 1u && slips(axis) {
            let start = mixed(p[axis], i, axis, phi);
            let d = one_axis(at, cell, start.y, stride, axis, mobility[i], excess[i], fraction(start));
            p[axis] = advance(start, checked(d, i), cells);
        }
        stride *= cells;
    }
    position_x[i] = p[0];
    position_y[i] = p[1];
    position_z[i] = p[2];
}

@compute @workgroup_size(256)
fn advance_dense(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let i = id.x + id.y * page.row;
    if i < page.count {
        step_of(i);
    }
    workgroupBarrier();
    if lane == 0u {
        atomicMax(&stats[GREATEST], atomicLoad(&greatest));
        atomicAdd(&stats[BOUNDED], atomicLoad(&bounded));
    }
}
