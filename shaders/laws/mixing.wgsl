// Share of the parcels of a grid cell that are mixed within it in a step, by the volume fraction of the cell.
fn mixing(phi: f32) -> f32 {
    return clamp(8.0 * phi, 0.0, 1.0);
}
