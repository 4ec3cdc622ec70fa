// |B| over the background's at the distance r in the direction n from a wire or sphere of radius one; h and induced as in
// collector_pull.
fn collector_field(n: vec3<f32>, r: f32, h: vec3<f32>, induced: f32, wire: bool) -> f32 {
    let along = dot(n, h) * n;
    let s = r * r;
    return length(h + induced * select((3.0 * along - h) / (s * r), (2.0 * along - h) / s, wire));
}
