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

struct Drift {
    // All of it, and what the field does to it [um/us].
    whole: vec3<f32>,
    pulled: vec3<f32>,
}

fn drift(q: vec3<f32>, s: f32, m: vec2<f32>) -> Drift {
    let field = pull_at(q);
    let pulled = m.x * saturation(field.w * m.y) * field.xyz;
    let sinking = s * acceleration(q, params.row_x, params.row_y, params.row_z);
    return Drift(sinking + pulled + params.flow * carrier_at(q), pulled);
}

// Where on its way a parcel stops, and what becomes of it; NEVER and FREE if it goes on.
struct Stop {
    at: f32,
    fate: u32,
}

// The earlier of a stop and of a wall that is met at a fraction of the way: it stops whom it holds and the field pulls out
// through it, as long as it has room in the layer.
fn wall(stop: Stop, at: f32, surface: u32, layer: u32, outwards: bool) -> Stop {
    if at < stop.at && outwards && holds(surface) && vacant[patch_of(surface, layer)] > 0.0 {
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
fn stop_on(q: vec3<f32>, layer: u32, d: vec3<f32>, pulled: vec3<f32>, radius: f32) -> Stop {
    var stop = Stop(NEVER, FREE);
    if passage.shape == CHANNEL {
        let x = flat(q.x, d.x, passage.wall.x - radius);
        stop = wall(stop, x, select(INNER, OUTER, d.x > 0.0), layer, sign(pulled.x) == sign(d.x));
        let y = flat(q.y, d.y, passage.wall.y - radius);
        stop = wall(stop, y, select(LOW_Y, HIGH_Y, d.y > 0.0), layer, sign(pulled.y) == sign(d.y));
    } else {
        if passage.shape == ANNULUS {
            let inner = crossing(q.xy, d.xy, passage.wall.x + radius, false);
            stop = wall(stop, inner, INNER, layer, dot(q.xy + inner * d.xy, pulled.xy) < 0.0);
        }
        let outer = crossing(q.xy, d.xy, passage.wall.y - radius, true);
        stop = wall(stop, outer, OUTER, layer, dot(q.xy + outer * d.xy, pulled.xy) > 0.0);
    }
    let room = passage.wall.z - q.z;
    if d.z > 0.0 && d.z >= room {
        let end = max(room, 0.0) / d.z;
        if passage.open == 1u {
            if end < stop.at {
                return Stop(end, OUT);
            }
        } else {
            return wall(stop, end, END, layer, pulled.z > 0.0);
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
    let m = select(vec2<f32>(0.0), magnetic[i], (params.switches & MAGNETS) != 0u);
    let first = drift(q, s, m);
    let middle = drift(q + 0.5 * dt * first.whole, s, m);
    var d = middle.whole * dt;
    if is_bad(d.x) || is_bad(d.y) || is_bad(d.z) {
        report(i);
        return;
    }
    let cells = abs(d) / params.size.xyz;
    atomicMax(&greatest, bitcast<u32>(max(cells.x, max(cells.y, cells.z))));

    // the sphere whose mobility the cell has touches the wall
    let radius = 0.5 * sqrt(18.0 * mobility[i]);
    let stop = stop_on(q, pz.y, d, middle.pulled, radius);
    var now = stop.fate;
    var part: f32;
    if now != FREE {
        part = stop.at;
        d *= part;
    }
    let aside = back(q.xy + d.xy, radius);
    d = vec3<f32>(d.xy + aside, d.z);
    if now >= HELD + END || q.z + d.z >= passage.wall.z {
        // the end, which is as far as one comes
        d.z = passage.wall.z - q.z;
    }
    if now == OUT {
        let to = q.xy + d.xy;
        var x: f32;
        if passage.by_width == 1u {
            x = over_width(to);
        } else {
            x = lane(to);
        }
        now += params.outlet + u32(x > passage.splits.x) + u32(x > passage.splits.y) + u32(x > passage.splits.z);
    }
    position_x[i] = advance(px, d.x / params.size.x, n.x);
    position_y[i] = advance(py, d.y / params.size.y, n.y);
    let z = advance(pz, d.z / params.size.z, n.z);
    position_z[i] = z;
    fate[i] = now;
    if now != FREE {
        clock[i].y = params.time + late + part * dt;
        if now < OUT {
            atomicAdd(&arrived[patch_of(now - HELD, z.y)], footprint[kind[i]]);
        }
    }
}
