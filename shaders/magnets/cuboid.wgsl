// A uniformly magnetised cuboid with the half sides `half`, outside. With g the integral of 1/|r - r'| over the body
// B = grad grad g j / (4 pi); its elements are second differences of logarithms along edges and of angles, each of which is
// formed of differences that keep their digits (lib/corners): there is no other form for far away.
#import lib/angles
#import lib/corners
#import lib/flux

// An angle above this is the plain sum of those of the corners.
const LARGE: f32 = 0.3;

// The second difference of the argument of p + i q, which is in -pi/2 to pi/2 at each corner.
fn turned(p: Corners, q: Corners) -> f32 {
    let t = vec4<f32>(arctangent(q.f.x / p.f.x), arctangent(q.f.y / p.f.y), arctangent(q.f.z / p.f.z), arctangent(q.f.w / p.f.w));
    let sum = t.x + t.w - t.y - t.z;
    if abs(sum) > LARGE {
        return sum;
    }
    // c00 c11 / (c10 c01) = 1 + n / m, with n = c00 dd c - (d c)(d c)
    let n = vec2<f32>(
        p.f.x * p.dd - q.f.x * q.dd - (p.d.x * p.d.z - q.d.x * q.d.z),
        p.f.x * q.dd + q.f.x * p.dd - (p.d.x * q.d.z + q.d.x * p.d.z),
    );
    let m = vec2<f32>(p.f.y * p.f.z - q.f.y * q.f.z, p.f.y * q.f.z + q.f.y * p.f.z);
    return arctangent((n.y * m.x - n.x * m.y) / (dot(n, m) + dot(m, m)));
}

// What the four edges along z of the corner at r give: the second difference in g_xy, the third in g_xxy, g_xyy, g_xyz.
struct Edges {
    xy: f32,
    xxy: f32,
    xyy: f32,
    xyz: f32,
    // The faces across x and y: g_xx and g_yy, for a point beyond the ends of the edges.
    xx: f32,
    yy: f32,
}

fn edges(r: vec3<f32>, h: vec3<f32>, beyond: bool) -> Edges {
    let low = r - h;
    let high = r + h;
    let side = 2.0 * h;
    let x = first(low.x, high.x, side.x);
    let y = second(low.y, high.y, side.y);
    let xx = first(low.x * low.x, high.x * high.x, 2.0 * side.x * r.x);
    let yy = second(low.y * low.y, high.y * high.y, 2.0 * side.y * r.y);
    let rho = add(xx, yy);
    let near = root(raised(rho, low.z * low.z));
    let far = root(raised(rho, high.z * high.z));
    let product = times(near, far);
    let sum = add(near, far);
    // sum less the length of the edge, without a difference beside it
    let reach = raised(near, abs(low.z));
    let up = either(times(rho, inverse(reach)), reach, low.z > 0.0);
    let gap = add(up, times(rho, inverse(raised(far, high.z))));
    let f = raised(scaled(inverse(gap), 2.0 * side.z), 1.0);
    let bent = f.f.w * f.dd - f.d.y * f.d.w;
    let v = scaled(times(times(sum, inverse(product)), inverse(times(gap, raised(gap, 2.0 * side.z)))), -2.0 * side.z);
    let along = scaled(inverse(times(product, sum)), -2.0 * side.z * r.z);
    var e: Edges;
    e.xy = log_ratio(f.f.x * f.f.w, f.f.y * f.f.z, bent);
    e.xxy = times(x, v).dd;
    e.xyy = times(y, v).dd;
    e.xyz = along.dd;
    if beyond {
        // tan of the angle of an edge is x y w / (z1 z2 + x2 m) in a face across x
        let ends = low.z * high.z;
        let m = times(raised(rho, dot(vec2<f32>(low.z, high.z), vec2<f32>(low.z, high.z))), inverse(raised(product, ends)));
        let w = scaled(inverse(add(scaled(near, high.z), scaled(far, low.z))), 2.0 * side.z * r.z);
        let q = times(times(x, y), w);
        e.xx = -turned(raised(times(xx, m), ends), q);
        e.yy = -turned(raised(times(yy, m), ends), q);
    }
    return e;
}

fn field_cuboid(at: vec3<f32>, sides: vec3<f32>, polarisation: vec3<f32>) -> Flux {
    // in units in which no power of a length leaves the range of 32 bits, and in the octant where all is above zero
    let size = length(at) + length(sides);
    let sign = select(vec3<f32>(-1.0), vec3<f32>(1.0), at >= vec3<f32>(0.0));
    let j = sign * polarisation / 12.566371;
    var r = abs(at) / size;
    var h = sides / size;
    // the faces are seen from the end of the edges along the axis in which the point lies beyond the body; far along a long
    // one serves best
    var reach = (r - h) * sqrt(h);
    let most = max(max(reach.x, reach.y), reach.z);
    var faces: vec3<f32>;
    var off = faces;
    // g_yyz g_zzx g_xxy, and g_yzz g_zxx g_xyy
    var odd = faces;
    var even_ones = faces;
    var mixed: f32;
    for (var axis = 0u; axis < 3u; axis++) {
        r = r.yzx;
        h = h.yzx;
        reach = reach.yzx;
        faces = faces.yzx;
        let e = edges(r, h, reach.z == most);
        if reach.z == most {
            faces = vec3<f32>(e.xx, e.yy, -e.xx - e.yy);
        }
        off = vec3<f32>(off.yz, e.xy);
        odd = vec3<f32>(odd.yz, e.xxy);
        even_ones = vec3<f32>(even_ones.yz, e.xyy);
        mixed = e.xyz;
    }
    let cubes = -even_ones.zxy - odd.yzx;
    let b = faces * j + off.zxy * j.yzx + off.yzx * j.zxy;
    let diagonal = cubes * j + odd.zxy * j.yzx + even_ones.yzx * j.zxy;
    let rest = mixed * j + odd * j.yzx + even_ones * j.zxy;
    return Flux(sign * b, diagonal / size, sign.yzx * sign.zxy * rest / size);
}
