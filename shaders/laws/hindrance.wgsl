// Masliyah, Lockett & Bassoon: what crowding leaves of the mobility, (1 - phi)^(n - 2).
fn hindrance(phi: f32, exponent: f32) -> f32 {
    return exp2((exponent - 2.0) * log2(max(1.0 - phi, 1e-6)));
}
