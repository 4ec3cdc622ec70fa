// Solves u = v - 2 s Omega x u for the overdamped velocity u: s is the sedimentation coefficient [us], v the
// velocity without the Coriolis term, omega the rotor's angular velocity [rad/us].
fn coriolis(v: vec3<f32>, s: f32, omega: vec3<f32>) -> vec3<f32> {
    let b = 2.0 * s * omega;
    return (v - cross(b, v) + b * dot(b, v)) / (1.0 + dot(b, b));
}
