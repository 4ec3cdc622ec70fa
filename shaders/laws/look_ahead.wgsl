// Which way a parcel goes: forward as the cell ahead allows, backward as the cell behind allows; where both do, the
// nearer face has the greater say. `fraction` is the place within the own cell, 0 behind to 1 ahead.
fn look_ahead(ahead: f32, behind: f32, fraction: f32) -> f32 {
    let forward = max(ahead, 0.0);
    let backward = min(behind, 0.0);
    if forward > 0.0 && backward < 0.0 {
        return forward * fraction + backward * (1.0 - fraction);
    }
    return forward + backward;
}
