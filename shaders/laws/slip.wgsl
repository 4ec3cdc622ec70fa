// Velocity of a cell relative to the volume flux, less the backflow [um/us]. m0: d^2/(18 f) times the
// aggregation factor [um2]; excess and mixture: densities above the fluid's [pg/um3]; a [um/us2]; mu [pg/(um us)].
fn slip(m0: f32, excess: f32, mixture: f32, hindrance: f32, a: f32, mu: f32) -> f32 {
    return m0 / mu * hindrance * (excess - mixture) * a;
}
