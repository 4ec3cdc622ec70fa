// Arctangent and logarithm to a few bits of the last place; those of WGSL may be off by 1e-3 and by all digits near one.

// Halvings of an angle after which it is its own tangent.
const HALVINGS: u32 = 12u;

fn arctangent(tangent: f32) -> f32 {
    var t = tangent;
    var whole = 1.0;
    for (var i: u32; i < HALVINGS; i++) {
        t = t / (1.0 + sqrt(1.0 + t * t));
        whole = 2.0 * whole;
    }
    return whole * t;
}

// The first odd number whose term of the series does not count, for a ratio of up to two.
const LAST: f32 = 15.0;

// ln(a / b), where `difference` is a - b without the digits that it may lose.
fn log_ratio(a: f32, b: f32, difference: f32) -> f32 {
    if abs(difference) > min(a, b) {
        return log(a / b);
    }
    let u = difference / (a + b);
    var power = 2.0 * u;
    var sum: f32;
    for (var n = 1.0; n < LAST; n += 2.0) {
        sum += power / n;
        power *= u * u;
    }
    return sum;
}
