// Positions are 64-bit integers: x holds 2^-32 fractions of a grid cell, y the index of the cell.

// Coordinate in grid cells; for places where 24 bits are enough.
fn coordinate(p: vec2<u32>) -> f32 {
    return f32(p.y) + fraction(p);
}

// Place within the cell, 0..1.
fn fraction(p: vec2<u32>) -> f32 {
    return f32(p.x) * 2.3283064365386963e-10;
}

// True for infinities and NaN. WGSL may assume that neither occurs in floats, so the bits are asked.
fn is_bad(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u;
}

// `p` moved by `d` grid cells and held inside an axis of `cells` cells.
fn advance(p: vec2<u32>, d: f32, cells: u32) -> vec2<u32> {
    let way = min(abs(d), f32(cells));
    let whole = floor(way);
    let part = u32(round((way - whole) * 4294967296.0));
    if d < 0.0 {
        let down = u32(whole) + select(0u, 1u, p.x < part);
        if down > p.y {
            return vec2<u32>(0u, 0u);
        }
        return vec2<u32>(p.x - part, p.y - down);
    }
    let low = p.x + part;
    let high = p.y + u32(whole) + select(0u, 1u, low < part);
    if high >= cells {
        return vec2<u32>(0xffffffffu, cells - 1u);
    }
    return vec2<u32>(low, high);
}
