// Falls linearly from one to zero over the last `width` before the packing limit.
fn packing(phi: f32, limit: f32, width: f32) -> f32 {
    return clamp((limit - phi) / width, 0.0, 1.0);
}
