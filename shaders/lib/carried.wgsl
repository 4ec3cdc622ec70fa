// One step of a parcel in a vessel through which a flow carries it or a field pulls it: by the midpoint rule, until it meets a wall, which
// holds it or lets it slide, or leaves by an outlet.
#import lib/params
#import lib/passage
#import lib/patches
#import lib/position
#import lib/pull
#import lib/report
#import laws/acceleration
#import laws/crossing
#import laws/saturation

// Most parts of a step, how often a part is shortened, when it is short enough however its velocity changes, which changes of the pull
// are too slight to count, and what the next part may be: as in advance_carried.rs, which says why.
const MOST_PARTS: u32 = 4096u;
const TRIES: u32 = 6u;
const FINEST: f32 = 256.0;
const OF_SPEED: f32 = 0.01;
const PER_GROWTH: f32 = 0.5;
const AIM: f32 = 1.1;

struct Drift {
    // All of it, and what the field and the flow do to it [um/us].
    whole: vec3<f32>,
    pulled: vec3<f32>,
    flow: vec3<f32>,
}

fn drift(q: vec3<f32>, s: f32, m: vec2<f32>) -> Drift {
    let field = pull_at(q);
    let pulled = m.x * saturation(field.w * m.y) * field.xyz;
    let sinking = s * acceleration(q, params.row_x, params.row_y, params.row_z);
    let flow = params.flow * carrier_at(q);
    return Drift(sinking + pulled + flow, pulled, flow);
}

// A change over the size of what changes; none of what stays.
fn share(change: f32, size: f32) -> f32 {
    if change > 0.0 {
        return change / size;
    }
    return 0.0;
}

// How much a velocity changes from one place to another, over what it may.
fn change(a: Drift, b: Drift) -> f32 {
    let pulled = share(distance(a.pulled, b.pulled), length(b.pulled) + OF_SPEED * length(b.whole));
    let flow = share(distance(a.flow, b.flow), length(b.flow) + of_mean() * abs(params.flow));
    return max(pulled, flow) / passage.stride.w;
}

// A part of a step: how long it is [us], the displacement, the magnetic velocity half way, which share it is of the longest that it
// might be, and how long the next one may be [us].
struct Part {
    h: f32,
    d: vec3<f32>,
    pulled: vec3<f32>,
    share: f32,
    next: f32,
}

// The velocity half way; what slides along a wall is beside it there, too.
fn half_way(q: vec3<f32>, d: vec3<f32>, s: f32, m: vec2<f32>, radius: f32) -> Drift {
    let to = q + 0.5 * d;
    return drift(vec3<f32>(to.xy + back(to.xy, radius), to.z), s, m);
}

fn part_of(q: vec3<f32>, s: f32, m: vec2<f32>, most: f32, radius: f32) -> Part {
    let first = drift(q, s, m);
    let cells = abs(first.whole) * most / passage.stride.xyz;
    var reach = max(cells.x, max(cells.y, cells.z));
    let over = max(reach, 1.0);
    var h = most / over;
    reach = reach / over;
    var middle = half_way(q, h * first.whole, s, m, radius);
    var changed = min(change(first, middle), FINEST * reach);
    for (var i = 0u; i < TRIES && changed > 1.0; i++) {
        h = h / changed;
        reach = reach / changed;
        middle = half_way(q, h * first.whole, s, m, radius);
        changed = min(change(first, middle), FINEST * reach);
    }
    return Part(h, middle.whole * h, middle.pulled, max(changed, reach), h / max(PER_GROWTH, max(AIM * changed, reach)));
}

// Where on its way a parcel stops, and what becomes of it; NEVER and FREE if it goes on.
struct Stop {
    at: f32,
    fate: u32,
}

// The layer of the grid at a place along the duct [um], which begins at zero.
fn layer_at(z: f32) -> u32 {
    return min(u32(z / params.size.z), params.cells.z - 1u);
}

// The earlier of a stop and of a wall that is met at a fraction of the way: it stops whom it holds and the field pulls out
// through it, as long as it has room where it is met. `along` is the place along the duct and the way along it.
fn wall(stop: Stop, at: f32, surface: u32, along: vec2<f32>, outwards: bool) -> Stop {
    if at < stop.at && outwards && holds(surface) && vacant[patch_of(surface, layer_at(along.x + at * along.y))] > 0.0 {
        return Stop(at, HELD + surface);
    }
    return stop;
}

// Where a flat wall at half a width is met.
fn flat(x: f32, d: f32, half: f32) -> f32 {
    if abs(x + d) <= half || d == 0.0 {
        return NEVER;
    }
    return max(half - abs(x), 0.0) / abs(d);
}

// Every wall is looked at by itself: one that does not hold must not hide one that does.
fn stop_on(q: vec3<f32>, d: vec3<f32>, pulled: vec3<f32>, radius: f32) -> Stop {
    let along = vec2<f32>(q.z, d.z);
    var stop = Stop(NEVER, FREE);
    if passage.shape == CHANNEL {
        let x = flat(q.x, d.x, passage.wall.x - radius);
        stop = wall(stop, x, select(INNER, OUTER, d.x > 0.0), along, sign(pulled.x) == sign(d.x));
        let y = flat(q.y, d.y, passage.wall.y - radius);
        stop = wall(stop, y, select(LOW_Y, HIGH_Y, d.y > 0.0), along, sign(pulled.y) == sign(d.y));
    } else {
        if passage.shape == ANNULUS {
            let inner = crossing(q.xy, d.xy, passage.wall.x + radius, false);
            stop = wall(stop, inner, INNER, along, dot(q.xy + inner * d.xy, pulled.xy) < 0.0);
        }
        let outer = crossing(q.xy, d.xy, passage.wall.y - radius, true);
        stop = wall(stop, outer, OUTER, along, dot(q.xy + outer * d.xy, pulled.xy) > 0.0);
    }
    let room = passage.wall.z - q.z;
    if d.z > 0.0 && d.z >= room {
        let end = max(room, 0.0) / d.z;
        if passage.open == 1u {
            if end < stop.at {
                return Stop(end, OUT);
            }
        } else {
            return wall(stop, end, END, along, pulled.z > 0.0);
        }
    }
    return stop;
}

// What brings a place back to where the centre of a cell can be, its surface on the wall.
fn back(q: vec2<f32>, radius: f32) -> vec2<f32> {
    if passage.shape == CHANNEL {
        return clamp(q, radius - passage.wall.xy, passage.wall.xy - radius) - q;
    }
    let r = length(q);
    let outer = passage.wall.y - radius;
    if r > outer {
        return q * ((outer - r) / r);
    }
    let inner = passage.wall.x + radius;
    if passage.shape == ANNULUS && r < inner {
        return q * ((inner - r) / r);
    }
    return vec2<f32>(0.0);
}

fn holds(surface: u32) -> bool {
    return ((passage.holding >> surface) & 1u) == 1u;
}

struct Place {
    x: vec2<u32>,
    y: vec2<u32>,
    z: vec2<u32>,
}

// Where a part of a step that begins at `q` [um] leads.
fn moved(at: Place, q: vec3<f32>, way: vec3<f32>, radius: f32, stop: Stop) -> Place {
    let n = params.cells;
    var d = way;
    if stop.fate != FREE {
        d *= stop.at;
    }
    let aside = back(q.xy + d.xy, radius);
    d = vec3<f32>(d.xy + aside, d.z);
    if stop.fate >= HELD + END || q.z + d.z >= passage.wall.z {
        // the end, which is as far as one comes
        d.z = passage.wall.z - q.z;
    }
    return Place(
        advance(at.x, d.x / params.size.x, n.x),
        advance(at.y, d.y / params.size.y, n.y),
        advance(at.z, d.z / params.size.z, n.z),
    );
}

// The outlet that takes what leaves there, from the first.
fn outlet_at(q: vec2<f32>) -> u32 {
    var x: f32;
    if passage.by_width == 1u {
        x = over_width(q);
    } else {
        x = lane(q);
    }
    return params.outlet + u32(x > passage.splits.x) + u32(x > passage.splits.y) + u32(x > passage.splits.z);
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
    let s = mobility[i] / params.size.w * excess[i];
    let m = select(vec2<f32>(0.0), magnetic[i], (params.switches & MAGNETS) != 0u);
    // the sphere whose mobility the cell has touches the wall
    let radius = 0.5 * sqrt(18.0 * mobility[i]);
    var at = Place(px, py, pz);
    var left = dt;
    var most = dt;
    var effort = 0.0;
    var now = FREE;
    for (var parts = 0u; now == FREE && left > 0.0; parts++) {
        let q = params.origin.xyz + params.size.xyz * vec3<f32>(coordinate(at.x), coordinate(at.y), coordinate(at.z));
        let part = part_of(q, s, m, min(most, left), radius);
        if is_bad(part.d.x) || is_bad(part.d.y) || is_bad(part.d.z) || parts == MOST_PARTS {
            report(i);
            return;
        }
        effort += part.share;
        most = part.next;
        let stop = stop_on(q, part.d, part.pulled, radius);
        now = stop.fate;
        if now == FREE {
            left -= part.h;
        } else {
            left -= stop.at * part.h;
        }
        at = moved(at, q, part.d, radius, stop);
        if now == OUT {
            now += outlet_at(params.origin.xy + params.size.xy * vec2<f32>(coordinate(at.x), coordinate(at.y)));
        }
    }
    atomicMax(&greatest, bitcast<u32>(effort));
    position_x[i] = at.x;
    position_y[i] = at.y;
    position_z[i] = at.z;
    fate[i] = now;
    if now != FREE {
        clock[i].y = params.time + late + (dt - left);
        if now < OUT {
            atomicAdd(&arrived[patch_of(now - HELD, at.z.y)], footprint[kind[i]]);
        }
    }
}
