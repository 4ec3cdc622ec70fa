// B = (3 (p.n) n - p) / (4 pi d^3) of a point dipole, or of a ball, of strength p = J V at r = d n.
#import lib/flux

fn field_dipole(r: vec3<f32>, p: vec3<f32>) -> Flux {
    let d = length(r);
    let n = r / d;
    // step by step, so that no power of a length leaves the range of 32 bits
    let q = p / d / d / d / 12.566371;
    let along = dot(q, n);
    let slope = 3.0 / d;
    return Flux(
        3.0 * along * n - q,
        slope * (2.0 * q * n + along - 5.0 * along * n * n),
        slope * (q.yzx * n.zxy + q.zxy * n.yzx - 5.0 * along * n.yzx * n.zxy),
    );
}
