// The flow past a wire or a sphere of radius one, in the velocity that comes along z, at the distance r in the direction n.
// The sphere's coefficients are those of powers of the distance from its surface, so that nothing cancels there.
fn collector_flow(n: vec3<f32>, r: f32, k: vec4<f32>, last: f32, wire: bool) -> vec3<f32> {
    var radial: f32;
    var slope: f32;
    if wire {
        let s = r * r;
        radial = k.x / s + k.y + k.z * log(r) + k.w * s;
        slope = k.z + 2.0 * (k.w * s - k.x / s);
    } else {
        let s = r - 1.0;
        let whole = s * (k.x + s * (k.y + s * (k.z + s * (k.w + s * last))));
        let rise = k.x + s * (2.0 * k.y + s * (3.0 * k.z + s * (4.0 * k.w + s * 5.0 * last)));
        let volume = r * r * r;
        radial = whole / volume;
        slope = 0.5 * (r * rise - 3.0 * whole) / volume;
    }
    return vec3<f32>(0.0, 0.0, radial + slope) - n.z * slope * n;
}
