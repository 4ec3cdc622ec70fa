// What a magnetic label keeps of its first susceptibility: 3 L(x)/x with Langevin's L(x) = coth x - 1/x.
fn saturation(x: f32) -> f32 {
    let s = x * x;
    if s < 4.0 {
        // Langevin's function as a continued fraction, in which nothing cancels
        return 3.0 / (3.0 + s / (5.0 + s / (7.0 + s / (9.0 + s / 11.0))));
    }
    // coth x = 1 + 2/(e^2x - 1); beyond 20 the second term is below a float's last bit
    let coth = 1.0 + 2.0 / (exp(2.0 * min(x, 20.0)) - 1.0);
    return 3.0 * (coth - 1.0 / x) / x;
}
