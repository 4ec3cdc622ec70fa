// A field at a point: B, and its gradient, which is symmetric and has no trace: the diagonal, and the elements yz, zx, xy.
struct Flux {
    b: vec3<f32>,
    diagonal: vec3<f32>,
    off: vec3<f32>,
}
