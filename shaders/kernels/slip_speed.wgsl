// Speed of every parcel relative to the fluid around it, for pictures: the logarithm, so that colours span decades.
#import lib/params
#import lib/passage
#import lib/position
#import lib/pull
#import laws/acceleration
#import laws/coriolis
#import laws/saturation
#import laws/schiller_naumann
#import laws/slip

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read> position_x: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> position_y: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> position_z: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> mobility: array<f32>;
@group(0) @binding(6) var<storage, read> excess: array<f32>;
// Read where cells crowd.
@group(0) @binding(7) var<storage, read> fields: array<vec4<f32>>;
// Read where the magnets are on.
@group(0) @binding(8) var<storage, read> magnetic: array<vec2<f32>>;
@group(0) @binding(9) var<storage, read> pull: array<vec4<f32>>;
// Read where parcels have one.
@group(0) @binding(10) var<storage, read> fate: array<u32>;
// Logarithm to base 2 of the speed [um/us].
@group(0) @binding(11) var<storage, read_write> speed: array<f32>;

// Slower than this is as slow [um/us].
const FAINTEST: f32 = 1e-12;

// What a grid cell lets a parcel do at a place [um]: its slip, and how fast it goes there, less the backflow [um/us].
fn through(i: u32, q: vec3<f32>, cell: u32, axis: u32) -> vec2<f32> {
    let f = fields[cell];
    let mu = params.size.w;
    let a = acceleration(q, params.row_x, params.row_y, params.row_z)[axis];
    let s = slip(mobility[i], excess[i], f.y, f.x, a, mu);
    return vec2<f32>(s, s - f.z * a / mu);
}

// Slip along one axis in a crowd [um/us]: that of the grid cell that the look-ahead lets it move into. What rests on a bed has none.
fn crowded(i: u32, at: vec3<f32>, cell: u32, p: vec2<u32>, stride: u32, axis: u32) -> f32 {
    var q = at;
    var behind = vec2<f32>();
    if p.y > 0u {
        q[axis] = params.origin[axis] + f32(p.y) * params.size[axis];
        behind = through(i, q, cell - stride, axis);
    }
    var ahead = vec2<f32>();
    if p.y + 1u < params.cells[axis] {
        q[axis] = params.origin[axis] + f32(p.y + 1u) * params.size[axis];
        ahead = through(i, q, cell + stride, axis);
    }
    if ahead.y > 0.0 && behind.y < 0.0 {
        return ahead.x * fraction(p) + behind.x * (1.0 - fraction(p));
    }
    if ahead.y > 0.0 {
        return ahead.x;
    }
    return select(0.0, behind.x, behind.y < 0.0);
}

// Velocity relative to the fluid of a parcel that feels no others, at a place [um] [um/us].
fn velocity(i: u32, q: vec3<f32>) -> vec3<f32> {
    let mu = params.size.w;
    let m0 = mobility[i];
    let e = excess[i];
    let a = acceleration(q, params.row_x, params.row_y, params.row_z);
    var s = m0 / mu * e;
    if (params.switches & SCHILLER_NAUMANN) != 0u {
        // Reynolds number with the Stokes diameter, sqrt(18 m0)
        s *= schiller_naumann(params.fluid_density * length(s * a) * sqrt(18.0 * m0) / mu);
    }
    var v = s * a;
    if (params.switches & CORIOLIS) != 0u {
        v = coriolis(v, s, params.omega.xyz);
    }
    if (params.switches & MAGNETS) != 0u {
        let field = pull_at(q);
        v += magnetic[i].x * saturation(field.w * magnetic[i].y) * field.xyz;
    }
    return v;
}

fn speed_of(i: u32) -> f32 {
    let n = params.cells;
    let x = position_x[i];
    let y = position_y[i];
    let z = position_z[i];
    if any(vec3<u32>(x.y, y.y, z.y) >= n.xyz) {
        return 0.0;
    }
    if (params.switches & CARRIED) != 0u && fate[i] != FREE {
        // a surface holds it
        return 0.0;
    }
    let place = params.origin.xyz + params.size.xyz * vec3<f32>(coordinate(x), coordinate(y), coordinate(z));
    if (params.switches & CROWDED) != 0u {
        let cell = (z.y * n.y + y.y) * n.x + x.y;
        var v = vec3<f32>(0.0);
        var stride = 1u;
        let p = array<vec2<u32>, 3>(x, y, z);
        for (var axis = 0u; axis < 3u; axis++) {
            // one cell across stands for all of it: nothing moves there
            if n[axis] > 1u {
                v[axis] = crowded(i, place, cell, p[axis], stride, axis);
            }
            stride *= n[axis];
        }
        return length(v);
    }
    let v = velocity(i, place);
    // what lies on the bottom or at the top stays there
    let sunk = z.x == 0xffffffffu && z.y + 1u == n.z && v.z > 0.0;
    let risen = z.x == 0u && z.y == 0u && v.z < 0.0;
    return select(length(v), 0.0, sunk || risen);
}

@compute @workgroup_size(256)
fn slip_speed(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i >= page.count {
        return;
    }
    speed[i] = log2(max(speed_of(i), FAINTEST));
}
