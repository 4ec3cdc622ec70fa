// From `b` to `a` along one axis, for 64-bit integers with the low half in x; exact until it is rounded to a float.
fn displacement(a: vec2<u32>, b: vec2<u32>) -> f32 {
    var low = a.x - b.x;
    var high = a.y - b.y - select(0u, 1u, a.x < b.x);
    let back = bitcast<i32>(high) < 0;
    if back {
        // as a distance, one unit too short: a small negative number has a large low half
        low = ~low;
        high = ~high;
    }
    let way = f32(high) * 4294967296.0 + f32(low);
    return select(way, -way, back);
}
