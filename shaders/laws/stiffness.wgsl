// How much faster than the cells the news of crowding travels where the volume fraction is `phi`.
fn stiffness(phi: f32, exponent: f32, limit: f32, width: f32) -> f32 {
    var slope = exponent / max(1.0 - phi, 1e-6);
    if phi > limit - width {
        slope += 1.0 / max(limit - phi, 1e-6);
    }
    return min(1.0 + phi * slope, 100.0);
}
