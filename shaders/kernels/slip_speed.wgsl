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

// Velocity relative to the fluid at a place [um] in a grid cell [um/us].
fn velocity(i: u32, q: vec3<f32>, cell: u32) -> vec3<f32> {
    let mu = params.size.w;
    let m0 = mobility[i];
    let e = excess[i];
    let a = acceleration(q, params.row_x, params.row_y, params.row_z);
    if (params.switches & CROWDED) != 0u {
        let f = fields[cell];
        return vec3<f32>(
            slip(m0, e, f.y, f.x, a.x, mu),
            slip(m0, e, f.y, f.x, a.y, mu),
            slip(m0, e, f.y, f.x, a.z, mu),
        );
    }
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
    let v = velocity(i, place, (z.y * n.y + y.y) * n.x + x.y);
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
