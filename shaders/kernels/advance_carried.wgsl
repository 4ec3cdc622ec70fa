// Moves every parcel one step in a vessel through which a flow carries it or a field pulls it: by the midpoint rule, until it
// meets a wall, which holds it or lets it slide, or leaves by an outlet.
#import lib/params
#import lib/passage
#import lib/position
#import lib/report
#import laws/acceleration
#import laws/crossing
#import laws/saturation

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<uniform> passage: Passage;
@group(0) @binding(3) var<storage, read_write> position_x: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read_write> position_y: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read_write> position_z: array<vec2<u32>>;
@group(0) @binding(6) var<storage, read> mobility: array<f32>;
@group(0) @binding(7) var<storage, read> excess: array<f32>;
// Magnetic mobility in this fluid [um3 us/pg]; one over the field at which it saturates [1/T].
@group(0) @binding(8) var<storage, read> magnetic: array<vec2<f32>>;
@group(0) @binding(9) var<storage, read_write> fate: array<u32>;
// When it enters, and when it was held or left [us].
@group(0) @binding(10) var<storage, read_write> clock: array<vec2<f32>>;
// grad(B2)/(2 mu0) [pg/(um2 us2)] and |B| [T] on the corners of the grid cells, x fastest.
@group(0) @binding(11) var<storage, read> pull: array<vec4<f32>>;
// Velocity over its mean on the ends of the intervals of lanes.
@group(0) @binding(12) var<storage, read> lane_speed: array<f32>;
@group(0) @binding(13) var<storage, read_write> stats: array<atomic<u32>>;

var<workgroup> greatest: atomic<u32>;

// The field at a place [um], interpolated between the corners of its grid cell.
fn pull_at(q: vec3<f32>) -> vec4<f32> {
    let n = params.cells.xyz;
    let c = clamp((q - params.origin.xyz) / params.size.xyz, vec3<f32>(0.0), vec3<f32>(n));
    let i = min(vec3<u32>(c), n - 1u);
    let t = c - vec3<f32>(i);
    let row = n.x + 1u;
    let layer = row * (n.y + 1u);
    let k = i.z * layer + i.y * row + i.x;
    let a = mix(mix(pull[k], pull[k + 1u], t.x), mix(pull[k + row], pull[k + row + 1u], t.x), t.y);
    let l = k + layer;
    let b = mix(mix(pull[l], pull[l + 1u], t.x), mix(pull[l + row], pull[l + row + 1u], t.x), t.y);
    return mix(a, b, t.z);
}

// Where across the flow a place is: 0 at the inner wall, the axis or the lower wall, 1 at the other.
fn lane(q: vec3<f32>) -> f32 {
    if passage.shape == CHANNEL {
        return 0.5 + 0.5 * q.y / passage.wall.y;
    }
    return (length(q.xy) - passage.wall.x) / (passage.wall.y - passage.wall.x);
}

fn flow_at(q: vec3<f32>) -> f32 {
    let x = clamp(lane(q), 0.0, 1.0) * f32(passage.lanes);
    let i = min(u32(x), passage.lanes - 1u);
    return params.flow * mix(lane_speed[i], lane_speed[i + 1u], x - f32(i));
}

struct Drift {
    // All of it, and what the field does to it [um/us].
    whole: vec3<f32>,
    pulled: vec3<f32>,
}

fn drift(q: vec3<f32>, s: f32, m: vec2<f32>) -> Drift {
    let field = pull_at(q);
    let pulled = m.x * saturation(field.w * m.y) * field.xyz;
    var whole = s * acceleration(q, params.row_x, params.row_y, params.row_z) + pulled;
    whole.z += flow_at(q);
    return Drift(whole, pulled);
}

// The side wall that a way meets first.
struct Meeting {
    // Fraction of the way; above one if none is met.
    at: f32,
    surface: u32,
}

fn flat(x: f32, d: f32, half: f32) -> f32 {
    if abs(x + d) <= half {
        return NEVER;
    }
    return max(half - abs(x), 0.0) / abs(d);
}

fn side(q: vec2<f32>, d: vec2<f32>, radius: f32) -> Meeting {
    if passage.shape == CHANNEL {
        let x = flat(q.x, d.x, passage.wall.x - radius);
        let y = flat(q.y, d.y, passage.wall.y - radius);
        if x < y {
            return Meeting(x, select(INNER, OUTER, d.x > 0.0));
        }
        return Meeting(y, select(LOW_Y, HIGH_Y, d.y > 0.0));
    }
    if passage.shape == ANNULUS {
        let inner = crossing(q, d, passage.wall.x + radius, false);
        if inner < NEVER {
            return Meeting(inner, INNER);
        }
    }
    return Meeting(crossing(q, d, passage.wall.y - radius, true), OUTER);
}

// True if a field pulls out of the vessel through this side wall.
fn outwards(surface: u32, q: vec2<f32>, pulled: vec2<f32>) -> bool {
    if passage.shape == CHANNEL {
        let along = select(pulled.x, pulled.y, surface >= LOW_Y);
        return select(-along, along, (surface & 1u) == 1u) > 0.0;
    }
    let along = dot(q, pulled);
    return select(-along, along, surface == OUTER) > 0.0;
}

// A place that the centre of a cell cannot have, brought back to where the cell touches the wall.
fn within(q: vec2<f32>, radius: f32) -> vec2<f32> {
    if passage.shape == CHANNEL {
        return clamp(q, radius - passage.wall.xy, passage.wall.xy - radius);
    }
    let r = length(q);
    let outer = passage.wall.y - radius;
    if r > outer {
        return q * (outer / r);
    }
    let inner = passage.wall.x + radius;
    if passage.shape == ANNULUS && r < inner {
        return q * (inner / r);
    }
    return q;
}

fn holds(surface: u32) -> bool {
    return ((passage.holding >> surface) & 1u) == 1u;
}

// One step of a parcel.
fn step_of(i: u32) {
    let n = params.cells;
    let px = position_x[i];
    let py = position_y[i];
    let pz = position_z[i];
    if px.y >= n.x || py.y >= n.y || pz.y >= n.z {
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
    let q = params.origin.xyz + params.size.xyz * vec3<f32>(coordinate(px), coordinate(py), coordinate(pz));
    let s = mobility[i] / params.size.w * excess[i];
    let first = drift(q, s, magnetic[i]);
    let middle = drift(q + 0.5 * dt * first.whole, s, magnetic[i]);
    var d = middle.whole * dt;
    if is_bad(d.x) || is_bad(d.y) || is_bad(d.z) {
        report(i);
        return;
    }
    let cells = abs(d) / params.size.xyz;
    atomicMax(&greatest, bitcast<u32>(max(cells.x, max(cells.y, cells.z))));

    var now = FREE;
    var part: f32;
    let length = passage.wall.z;
    // the sphere of the same drag touches the wall
    let radius = 0.5 * sqrt(18.0 * mobility[i]);
    let meeting = side(q.xy, d.xy, radius);
    var end = NEVER;
    if q.z + d.z >= length {
        end = max(length - q.z, 0.0) / d.z;
    }
    let meets = meeting.at < NEVER && meeting.at <= end;
    if meets && holds(meeting.surface) && outwards(meeting.surface, q.xy + meeting.at * d.xy, middle.pulled.xy) {
        part = meeting.at;
        d *= part;
        now = HELD + meeting.surface;
    } else if end < NEVER {
        let to = within(q.xy + end * d.xy, radius);
        d = vec3<f32>(to - q.xy, length - q.z);
        if passage.open == 1u {
            part = end;
            let x = lane(vec3<f32>(to, length));
            now = OUT + u32(x > passage.splits.x) + u32(x > passage.splits.y) + u32(x > passage.splits.z);
        } else if holds(END) && middle.pulled.z > 0.0 {
            part = end;
            now = HELD + END;
        }
    } else if meeting.at < NEVER {
        d = vec3<f32>(within(q.xy + d.xy, radius) - q.xy, d.z);
    }
    position_x[i] = advance(px, d.x / params.size.x, n.x);
    position_y[i] = advance(py, d.y / params.size.y, n.y);
    position_z[i] = advance(pz, d.z / params.size.z, n.z);
    fate[i] = now;
    if now != FREE {
        clock[i].y = params.time + late + part * dt;
    }
}

@compute @workgroup_size(256)
fn advance_carried(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let i = id.x + id.y * page.row;
    if i < page.count {
        step_of(i);
    }
    workgroupBarrier();
    if lane == 0u {
        atomicMax(&stats[GREATEST], atomicLoad(&greatest));
    }
}
