// Carries every parcel along a flow that is given by its volume fluxes through the faces of the grid cells: from face to face on exact paths,
// where the velocity along each axis is linear within a cell. Where as much flows into a cell as out of it, no volume is lost or gained.
#import lib/params
#import lib/position
#import lib/report
#import laws/pollock

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read_write> position_x: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> position_y: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read_write> position_z: array<vec2<u32>>;
// One over the volume of a cell [1/um3], and volume a time through every face [um3/us]: those across x, x fastest, one more than there are
// cells along x; then those across y; then those across z.
@group(0) @binding(5) var<storage, read> inverse_volume: array<f32>;
@group(0) @binding(6) var<storage, read> flux: array<f32>;
@group(0) @binding(7) var<storage, read_write> stats: array<atomic<u32>>;

// Most grid cells that a parcel passes through in a step. More pass only those that circle close to a maximum of the stream function; such a parcel
// stays where it is then.
const MOST_CELLS: u32 = 64u;

// Rates at which fluid comes in through the lower and goes out through the upper face of a cell, over its volume [1/us].
fn faces(at: vec3<u32>, axis: u32) -> vec2<f32> {
    let n = params.cells.xyz;
    let across_x = (n.x + 1u) * n.y * n.z;
    let across_y = n.x * (n.y + 1u) * n.z;
    var low: u32;
    var stride = 1u;
    if axis == 0u {
        low = (at.z * n.y + at.y) * (n.x + 1u) + at.x;
    } else if axis == 1u {
        low = across_x + (at.z * (n.y + 1u) + at.y) * n.x + at.x;
        stride = n.x;
    } else {
        low = across_x + across_y + (at.z * n.y + at.y) * n.x + at.x;
        stride = n.x * n.y;
    }
    let cell = (at.z * n.y + at.y) * n.x + at.x;
    return vec2<f32>(flux[low], flux[low + stride]) * inverse_volume[cell];
}

// The fractions of the cell below and above a place.
fn around(p: vec2<u32>) -> vec2<f32> {
    return vec2<f32>(f32(p.x), f32(~p.x)) * 2.3283064365386963e-10;
}

// One step of a parcel.
fn step_of(i: u32) {
    let n = params.cells;
    var p = array<vec2<u32>, 3>(position_x[i], position_y[i], position_z[i]);
    if p[0].y >= n.x || p[1].y >= n.y || p[2].y >= n.z {
        report(i);
        return;
    }
    var left = params.omega.w;
    for (var passed = 0u; left > 0.0 && passed < MOST_CELLS; passed++) {
        let cell = vec3<u32>(p[0].y, p[1].y, p[2].y);
        var face = array<vec2<f32>, 3>();
        var first = left;
        var leaves = false;
        var through: u32;
        var up = false;
        var sound = true;
        for (var axis = 0u; axis < 3u; axis++) {
            face[axis] = faces(cell, axis);
            sound = sound && !is_bad(face[axis].x) && !is_bad(face[axis].y);
            let time = exit_time(around(p[axis]), face[axis]);
            if time < first {
                first = time;
                leaves = true;
                through = axis;
                up = velocity(around(p[axis]), face[axis]) > 0.0;
            }
        }
        // nothing leaves the grid
        let out = leaves && p[through].y == select(0u, n[through] - 1u, up);
        if !sound || out {
            report(i);
            return;
        }
        for (var axis = 0u; axis < 3u; axis++) {
            if leaves && axis == through {
                p[axis] = select(vec2<u32>(0xffffffffu, p[axis].y - 1u), vec2<u32>(0u, p[axis].y + 1u), up);
            } else {
                p[axis] = advance(p[axis], pollock(around(p[axis]), face[axis], first), n[axis]);
            }
        }
        left -= first;
    }
    position_x[i] = p[0];
    position_y[i] = p[1];
    position_z[i] = p[2];
}

@compute @workgroup_size(256)
fn advect(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i < page.count {
        step_of(i);
    }
}
