// Adds to every point the fields of magnets: B and its gradient. A point in a magnet, or so near that 32 bits cannot tell, gets
// the number of the magnet instead.
#import lib/params
#import lib/displacement
#import lib/flux
#import magnets/uniform
#import magnets/multipole
#import magnets/dipole
#import magnets/cuboid
#import magnets/cylinder
#import magnets/poles
#import magnets/wire

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
// Seven rows a magnet, floats as their bits: x and y of its centre; z, its kind, and its order or its first node; its three
// axes, with units a length, how near 32 bits can tell, and lengths a um; its sizes; its strength and its number of nodes.
@group(0) @binding(2) var<storage, read> magnets: array<vec4<u32>>;
// Places on a disc or ring of outer radius one, and their shares of its area over the square of the radius.
@group(0) @binding(3) var<storage, read> nodes: array<vec4<f32>>;
// Three coordinates a point, 64-bit integers.
@group(0) @binding(4) var<storage, read> places: array<vec2<u32>>;
// B [T].
@group(0) @binding(5) var<storage, read_write> flux: array<f32>;
// dB_x/dx, dB_y/dy, dB_z/dy, dB_x/dz, dB_y/dx [T/um].
@group(0) @binding(6) var<storage, read_write> gradient: array<f32>;
// 1 + number of a magnet that the point is in; 0 where there is none.
@group(0) @binding(7) var<storage, read_write> within: array<u32>;

const ROWS: u32 = 7u;
const UNIFORM: u32 = 0u;
const MULTIPOLE: u32 = 1u;
const DIPOLE: u32 = 2u;
const CUBOID: u32 = 3u;
const CYLINDER: u32 = 4u;
const WIRE: u32 = 5u;

fn ring(r: vec3<f32>, size: vec4<f32>, first_node: u32, count: u32) -> Flux {
    let radius = size.x;
    let rho = length(r.xy);
    let side = max(max(rho - radius, size.y - rho), 0.0);
    // the nearer end
    if length(vec2<f32>(side, abs(r.z) - size.z)) < size.w {
        return field_cylinder(r, radius, size.y, size.z);
    }
    var sum = Flux(vec3<f32>(0.0), vec3<f32>(0.0), vec3<f32>(0.0));
    for (var i = first_node; i < first_node + count; i++) {
        let node = nodes[i];
        let p = field_poles(vec3<f32>(r.xy - radius * node.xy, r.z), size.z, node.z * radius * radius);
        sum.b += p.b;
        sum.diagonal += p.diagonal;
        sum.off += p.off;
    }
    return sum;
}

// Distance from r to where there is no field, lengths as in the magnet's row.
fn clearance(r: vec3<f32>, kind: u32, size: vec4<f32>) -> f32 {
    let rho = length(r.xy);
    switch kind {
        case MULTIPOLE: {
            return size.x - rho;
        }
        case CUBOID: {
            let out = abs(r) - size.xyz;
            return max(max(out.x, out.y), out.z);
        }
        case CYLINDER: {
            return max(max(rho - size.x, size.y - rho), abs(r.z) - size.z);
        }
        case WIRE: {
            return rho - size.x;
        }
        default: {
            return length(r) - size.x;
        }
    }
}

fn law(r: vec3<f32>, kind: u32, size: vec4<f32>, strength: vec3<f32>, first_node: u32, count: u32) -> Flux {
    switch kind {
        case MULTIPOLE: {
            return field_multipole(r.xy, first_node, strength.x);
        }
        case DIPOLE: {
            return field_dipole(r, strength);
        }
        case CUBOID: {
            return field_cuboid(r, size.xyz, strength);
        }
        case WIRE: {
            return field_wire(r.xy, strength.xy);
        }
        default: {
            let p = ring(r, size, first_node, count);
            return Flux(strength.z * p.b, strength.z * p.diagonal, strength.z * p.off);
        }
    }
}

fn attract(i: u32) {
    for (var k = 0u; k < page.spare; k++) {
        let row = k * ROWS;
        let place = magnets[row];
        let more = magnets[row + 1u];
        let kind = more.z;
        let x = bitcast<vec4<f32>>(magnets[row + 2u]);
        let y = bitcast<vec4<f32>>(magnets[row + 3u]);
        let z = bitcast<vec4<f32>>(magnets[row + 4u]);
        let size = bitcast<vec4<f32>>(magnets[row + 5u]);
        let strength = bitcast<vec3<f32>>(magnets[row + 6u].xyz);
        let d = x.w * vec3<f32>(
            displacement(places[3u * i], place.xy),
            displacement(places[3u * i + 1u], place.zw),
            displacement(places[3u * i + 2u], more.xy),
        );
        let axes = mat3x3<f32>(x.xyz, y.xyz, z.xyz);
        var b: vec3<f32>;
        var diagonal: vec3<f32>;
        var off: vec3<f32>;
        if kind == UNIFORM {
            let p = field_uniform(d, strength, axes);
            b = p.b;
            diagonal = p.diagonal;
            off = p.off;
        } else {
            let r = d * axes;
            if clearance(r, kind, size) <= y.w {
                within[i] = page.first + k + 1u;
                return;
            }
            let p = law(r, kind, size, strength, more.w, magnets[row + 6u].w);
            b = axes * p.b;
            let g = mat3x3<f32>(
                vec3<f32>(p.diagonal.x, p.off.z, p.off.y),
                vec3<f32>(p.off.z, p.diagonal.y, p.off.x),
                vec3<f32>(p.off.y, p.off.x, p.diagonal.z),
            );
            let world = z.w * axes * g * transpose(axes);
            diagonal = vec3<f32>(world[0].x, world[1].y, world[2].z);
            off = vec3<f32>(world[1].z, world[2].x, world[0].y);
        }
        for (var n = 0u; n < 3u; n++) {
            flux[3u * i + n] += b[n];
            gradient[5u * i + n + 2u] += off[n];
        }
        gradient[5u * i] += diagonal.x;
        gradient[5u * i + 1u] += diagonal.y;
    }
}

@compute @workgroup_size(256)
fn field(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i < page.count {
        attract(i);
    }
}
