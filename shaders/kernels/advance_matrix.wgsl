// Moves every parcel one step through a column filled with a matrix: with the flow and by its weight, ahead and back by the
// windings of the way, until the matrix catches it or it leaves.
#import lib/params
#import lib/passage
#import lib/patches
#import lib/position
#import lib/random
#import lib/report
#import laws/capture_row

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<uniform> passage: Passage;
@group(0) @binding(3) var<storage, read_write> position_z: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> mobility: array<f32>;
@group(0) @binding(5) var<storage, read> excess: array<f32>;
// Magnetic mobility in this fluid [um3 us/pg]; one over the field at which it saturates [1/T].
@group(0) @binding(6) var<storage, read> magnetic: array<vec2<f32>>;
@group(0) @binding(7) var<storage, read> kind: array<u32>;
@group(0) @binding(8) var<storage, read_write> fate: array<u32>;
// When it enters, and when it was held or left [us].
@group(0) @binding(9) var<storage, read_write> clock: array<vec2<f32>>;
// What is left of the way until it is caught, in mean ways.
@group(0) @binding(10) var<storage, read_write> depth: array<f32>;
// Logarithm to base 2 of the filter coefficient [1/um], by component and row, and one entry more.
@group(0) @binding(11) var<storage, read> capture: array<f32>;
// Filter coefficient for cells without a label [1/um], by component.
@group(0) @binding(12) var<storage, read> unspecific: array<f32>;
@group(0) @binding(13) var<storage, read> vacant: array<f32>;
@group(0) @binding(14) var<storage, read> footprint: array<u32>;
@group(0) @binding(15) var<storage, read_write> arrived: array<atomic<u32>>;
@group(0) @binding(16) var<storage, read_write> stats: array<atomic<u32>>;

var<workgroup> greatest: atomic<u32>;

// Keeps these draws apart from others of the same step.
const WINDINGS: u32 = 3u;

// Filter coefficient [1/um] of an empty matrix for a cell of mobility m.
fn coefficient(kind: u32, m: f32) -> f32 {
    let slow = unspecific[kind];
    // what is not pulled, or would be pushed away
    if m <= 0.0 || (params.switches & MAGNETS) == 0u {
        return slow;
    }
    let ratio = m * passage.strength / params.flow;
    let x = capture_row(ratio);
    // on the last row the weight of what follows is zero
    let k = u32(x);
    let row = kind * CAPTURE_ROWS + k;
    // below the table in proportion
    return slow + min(ratio * 4096.0, 1.0) * exp2(mix(capture[row], capture[row + 1u], x - f32(k)));
}

// One step of a parcel.
fn step_of(i: u32) {
    let n = params.cells.z;
    let p = position_z[i];
    if p.y >= n {
        report(i);
        return;
    }
    if fate[i] >= HELD {
        return;
    }
    // what enters during the step has only the rest of it
    let late = clamp(clock[i].x - params.time, 0.0, params.omega.w);
    let dt = params.omega.w - late;
    if dt <= 0.0 {
        return;
    }
    let way = params.flow * passage.per_porosity * dt;
    let sinking = mobility[i] / params.size.w * excess[i] * params.row_z.w * dt;
    if is_bad(sinking) || is_bad(magnetic[i].x) {
        report(i);
        return;
    }
    atomicMax(&greatest, bitcast<u32>(abs(way + sinking) / params.size.z));
    // evenly within a width that has the variance of a random walk, 2 D t with D = dispersivity times velocity
    let r = pcg3d(vec3<u32>(page.first + i, params.step, key(params.seed, WINDINGS)));
    let spread = sqrt(6.0 * passage.dispersivity * way) * (f32(r.x >> 8u) / 8388608.0 - 1.0);
    var d = way + sinking + spread;
    // how much of the way until it is caught this step takes
    let taken = coefficient(kind[i], magnetic[i].x) * way * vacant[patch_of(MATRIX, p.y)];
    let room = passage.wall.z - params.origin.z - params.size.z * coordinate(p);
    var part = 1.0;
    var now = FREE;
    if d > 0.0 && d >= room {
        part = max(room, 0.0) / d;
        now = OUT + params.outlet;
    }
    if depth[i] < taken * part {
        now = HELD + MATRIX;
        part = depth[i] / taken;
    }
    d *= part;
    depth[i] -= taken * part;
    let to = advance(p, d / params.size.z, n);
    position_z[i] = to;
    fate[i] = now;
    if now != FREE {
        clock[i].y = params.time + late + part * dt;
    }
    if now == HELD + MATRIX {
        atomicAdd(&arrived[patch_of(MATRIX, to.y)], footprint[kind[i]]);
    }
}

@compute @workgroup_size(256)
fn advance_matrix(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let i = id.x + id.y * page.row;
    if i < page.count {
        step_of(i);
    }
    workgroupBarrier();
    if lane == 0u {
        atomicMax(&stats[GREATEST], atomicLoad(&greatest));
    }
}
