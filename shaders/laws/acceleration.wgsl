// Gravity, centrifugal and Euler acceleration together: affine in the position q [um]. Result in um/us2.
fn acceleration(q: vec3<f32>, row_x: vec4<f32>, row_y: vec4<f32>, row_z: vec4<f32>) -> vec3<f32> {
    let h = vec4<f32>(q, 1.0);
    return vec3<f32>(dot(row_x, h), dot(row_y, h), dot(row_z, h));
}
