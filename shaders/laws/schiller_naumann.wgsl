// What Schiller & Naumann's drag 1 + 0.15 Re^0.687 leaves of a velocity whose Reynolds number under Stokes' law
// is `re`: the root f of f (1 + 0.15 (f re)^0.687) = 1, by Newton's method from above.
fn schiller_naumann(re: f32) -> f32 {
    let k = 0.15 * exp2(0.687 * log2(max(re, 1e-12)));
    var f = 1.0;
    for (var i = 0u; i < 12u; i++) {
        let p = k * exp2(0.687 * log2(f));
        let excess = f * (1.0 + p) - 1.0;
        let slope = 1.0 + 1.687 * p;
        f = max(f - excess / slope, 1e-6);
    }
    return f;
}
