// Flies every cell past one wire or sphere of a matrix: from upstream until it is caught on the surface, has gone by, or has
// taken too many steps. Lengths in radii of the collector, velocities in that of the stream, which comes along z.
#import lib/params
#import laws/collector_field
#import laws/collector_flow
#import laws/collector_pull
#import laws/saturation

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
// Flow; direction of the background and what the collector induces; last coefficient of the flow, reach, 0 for a wire and 1
// for a sphere, and the width between collector and reach.
@group(0) @binding(2) var<storage, read> collector: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> starts: array<Start>;
// Place, and CAUGHT, PASSED or UNDECIDED.
@group(0) @binding(4) var<storage, read_write> ends: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> spent: array<f32>;

struct Start {
    // Place across the stream.
    across: vec2<f32>,
    // Magnetic velocity.
    ratio: f32,
    // The argument of laws/saturation in the background.
    saturation: f32,
}

const PASSED: f32 = 0.0;
const CAUGHT: f32 = 1.0;
const UNDECIDED: f32 = 2.0;

// Longest step over the distance from the axis or centre, or over the width of a narrow cell of fluid; how much shorter it is where the velocity turns, and the most steps.
const LENGTH: f32 = 0.1;
const TURN: f32 = 6.0;
const MOST: u32 = 4000u;
// Slower than anything that moves.
const STILL: f32 = 1e-9;

fn velocity(q: vec3<f32>, cell: Start) -> vec3<f32> {
    let r = length(q);
    let n = q / r;
    let wire = collector[2].z == 0.0;
    let h = collector[1];
    let b = collector_field(n, r, h.xyz, h.w, wire);
    let pull = cell.ratio * saturation(cell.saturation * b) * collector_pull(n, r, h.xyz, h.w, wire);
    return collector_flow(n, r, collector[0], collector[2].x, wire) + pull;
}

// Where a cell that has the velocity u at q is after dt, by the classical Runge-Kutta rule.
fn after(q: vec3<f32>, u: vec3<f32>, dt: f32, cell: Start) -> vec3<f32> {
    let half = 0.5 * dt;
    let b = velocity(q + half * u, cell);
    let c = velocity(q + half * b, cell);
    let d = velocity(q + dt * c, cell);
    return q + dt / 6.0 * (u + 2.0 * (b + c) + d);
}

fn fly(i: u32) {
    let start = starts[i];
    let reach = collector[2].y;
    // along a wire every place is like every other
    let x = start.across.x * collector[2].z;
    var q = vec3<f32>(x, start.across.y, -sqrt(reach * reach - x * x - start.across.y * start.across.y));
    var t = 0.0;
    var fate = UNDECIDED;
    var step: u32;
    while step < MOST {
        step++;
        let r = length(q);
        let u = velocity(q, start);
        let speed = max(length(u), STILL);
        let longest = LENGTH * min(r, collector[2].w);
        let ahead = velocity(q + longest / speed * u, start);
        let dt = longest / (speed + TURN * distance(ahead, u));
        let next = after(q, u, dt, start);
        let to = length(next);
        let caught = to <= 1.0;
        if caught || to > reach {
            // the step once more, but only as far as its chord meets the border, and from there along the velocity
            let border = select(reach, 1.0, caught);
            let part = (border - r) / (to - r) * dt;
            q = after(q, u, part, start);
            let v = velocity(q, start);
            let now = length(q);
            let rest = clamp((border - now) * now / dot(q, v), -dt, dt);
            q += rest * v;
            t += part + rest;
            fate = select(PASSED, CAUGHT, caught);
            break;
        }
        q = next;
        t += dt;
    }
    ends[i] = vec4<f32>(q, fate);
    spent[i] = t;
}

@compute @workgroup_size(256)
fn approach(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i < page.count {
        fly(i);
    }
}
