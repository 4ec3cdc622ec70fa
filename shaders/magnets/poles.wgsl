// A pole at +half on the z axis and the opposite one at -half, seen from r: what a slice of a cylinder is, however long. The
// difference of both is formed before digits are lost.
#import lib/flux

fn field_poles(r: vec3<f32>, half: f32, strength: f32) -> Flux {
    let s = dot(r.xy, r.xy);
    let up = r.z - half;
    let down = r.z + half;
    let u = 1.0 / sqrt(s + up * up);
    let l = 1.0 / sqrt(s + down * down);
    // differences of the first, second, third and fifth powers of u and l, with l - u = -4 z half / ...
    let one = 4.0 * r.z * half * u * l / (1.0 / u + 1.0 / l);
    let two = one * (u + l);
    let three = one * (u * u + u * l + l * l);
    let five = three * u * u + two * l * l * l;
    let cubes = u * u * u + l * l * l;
    let fifths = u * u * u * u * u + l * l * l * l * l;
    let q = strength / 12.566371;
    let x = three - 3.0 * five * r.x * r.x;
    let y = three - 3.0 * five * r.y * r.y;
    let off = -3.0 * q * vec3<f32>((r.z * five - half * fifths) * r.yx, five * r.x * r.y);
    return Flux(
        q * vec3<f32>(three * r.xy, r.z * three - half * cubes),
        q * vec3<f32>(x, y, -x - y),
        off,
    );
}
