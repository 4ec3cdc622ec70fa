// Where across the flow a place is: 0 at the inner wall, the axis or the lower wall, 1 at the other.
fn lane(q: vec2<f32>) -> f32 {
    if passage.shape == CHANNEL {
        return 0.5 + 0.5 * q.y / passage.wall.y;
    }
    return (length(q) - passage.wall.x) / (passage.wall.y - passage.wall.x);
}

// Where over the width of a channel a place is, 0 to 1.
fn over_width(q: vec2<f32>) -> f32 {
    return 0.5 + 0.5 * q.x / passage.wall.x;
}
