// What a magnetised wire or sphere of radius one does to a cell at the distance r in the direction n, in m B0 J/(mu0 a).
// h: direction of the background; induced: J/(2 B0) of a wire, J/(3 B0) of a sphere.
fn collector_pull(n: vec3<f32>, r: f32, h: vec3<f32>, induced: f32, wire: bool) -> vec3<f32> {
    let c = dot(n, h);
    let s = 1.0 / (r * r);
    if wire {
        return s / r * (2.0 * c * h + (1.0 - 4.0 * c * c - induced * s) * n);
    }
    let outer = 2.0 * c * h + (1.0 - 5.0 * c * c) * n;
    return s * s * (outer + induced * s / r * (c * h - (1.0 + 4.0 * c * c) * n));
}
