// How much of a pixel a disc of radius r covers whose middle is d away from the pixel's [pixels], and thinner towards its rim.
fn disc(d: f32, r: f32) -> f32 {
    let part = min(d / r, 1.0);
    return clamp(r + 0.5 - d, 0.0, 1.0) * (1.0 - 0.6 * part * part);
}
