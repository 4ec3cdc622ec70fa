// Arctangent and logarithm to a few bits of the last place; those of WGSL may be off by 1e-3 and by all digits near one.

// Halvings of the angle before two terms of the series are enough.
const HALVINGS: u32 = 5u;

fn arctangent(tangent: f32) -> f32 {
    var t = tangent;
    var whole = 1.0;
    for (var i = 0u; i < HALVINGS; i++) {
        t = t / (1.0 + sqrt(1.0 + t * t));
        whole = 2.0 * whole;
    }
    return whole * t * (1.0 - t * t / 3.0);
}

// Ratios that differ from one by less than this have their logarithm from a series.
const NEAR_ONE: f32 = 0.2;

// ln(a / b), where `difference` is a - b without the digits that it may lose.
fn log_ratio(a: f32, b: f32, difference: f32) -> f32 {
    if abs(difference) > NEAR_ONE * b {
        return log(a / b);
    }
    let u = difference / (2.0 * b + difference);
    return 2.0 * u * (1.0 + u * u / 3.0 + u * u * u * u / 5.0);
}
