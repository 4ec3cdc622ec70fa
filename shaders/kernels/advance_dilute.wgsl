// Moves every parcel one step alone in the fluid. The velocity is affine in the position, so the exact path is
// an exponential; its series is summed to the seventh order.
#import lib/params
#import lib/position
#import lib/report
#import laws/acceleration
#import laws/coriolis
#import laws/schiller_naumann
#import laws/tube_wall

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read_write> position_x: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> position_y: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read_write> position_z: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> mobility: array<f32>;
@group(0) @binding(6) var<storage, read> excess: array<f32>;
@group(0) @binding(7) var<storage, read_write> stats: array<atomic<u32>>;

var<workgroup> greatest: atomic<u32>;

fn turned(v: vec3<f32>, s: f32) -> vec3<f32> {
    if (params.switches & CORIOLIS) != 0u {
        return coriolis(v, s, params.omega.xyz);
    }
    return v;
}

fn displacement(q: vec3<f32>, m0: f32, e: f32) -> vec3<f32> {
    let mu = params.size.w;
    let dt = params.omega.w;
    var s = m0 / mu * e;
    let a = acceleration(q, params.row_x, params.row_y, params.row_z);
    if (params.switches & SCHILLER_NAUMANN) != 0u {
        // Reynolds number with the Stokes diameter, sqrt(18 m0)
        s *= schiller_naumann(params.fluid_density * length(s * a) * sqrt(18.0 * m0) / mu);
    }
    var term = turned(s * a, s) * dt;
    var sum = term;
    for (var k = 2u; k <= 7u; k++) {
        let gradient = vec3<f32>(dot(params.row_x.xyz, term), dot(params.row_y.xyz, term), dot(params.row_z.xyz, term));
        term = turned(s * gradient, s) * (dt / f32(k));
        sum += term;
    }
    return sum;
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
    let at = params.origin.xyz + params.size.xyz * vec3<f32>(coordinate(px), coordinate(py), coordinate(pz));
    let d = displacement(at, mobility[i], excess[i]);
    if is_bad(d.x) || is_bad(d.y) || is_bad(d.z) {
        report(i);
        return;
    }
    atomicMax(&greatest, bitcast<u32>(abs(d.z) / params.size.z));
    position_z[i] = advance(pz, d.z / params.size.z, n.z);
    // what lies on the bottom stays there
    let resting = pz.x == 0xffffffffu && pz.y + 1u == n.z && d.z >= 0.0;
    if (params.switches & LATERAL) != 0u && !resting {
        var to = d.xy;
        if params.origin.w > 0.0 {
            to = tube_wall(at.xy, d.xy, params.origin.w);
        }
        position_x[i] = advance(px, to.x / params.size.x, n.x);
        position_y[i] = advance(py, to.y / params.size.y, n.y);
    }
}

@compute @workgroup_size(256)
fn advance_dilute(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let i = id.x + id.y * page.row;
    if i < page.count {
        step_of(i);
    }
    workgroupBarrier();
    if lane == 0u {
        atomicMax(&stats[GREATEST], atomicLoad(&greatest));
    }
}
