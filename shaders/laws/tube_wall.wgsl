// A displacement across a tube's axis, cut off where it would leave the tube of radius `radius` [um]: a cell that
// meets the wall slides along it.
fn tube_wall(across: vec2<f32>, d: vec2<f32>, radius: f32) -> vec2<f32> {
    let to = across + d;
    let r = length(to);
    if r > radius {
        return to * (radius / r) - across;
    }
    return d;
}
