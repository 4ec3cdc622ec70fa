// Where a straight way meets a round wall: the fraction of the way `d` from `across` (off the axis) at which a circle is left
// from within (`outwards`) or entered from without; NEVER if it is not.
const NEVER: f32 = 2.0;

fn crossing(across: vec2<f32>, d: vec2<f32>, radius: f32, outwards: bool) -> f32 {
    let to = length(across + d);
    if select(to >= radius, to <= radius, outwards) {
        return NEVER;
    }
    // |across + f d| = radius, with the differences of squares taken apart so that nothing cancels
    let r = length(across);
    let inside = (radius - r) * (radius + r);
    let room = select(-inside, inside, outwards);
    if room <= 0.0 {
        return 0.0;
    }
    let along = dot(across, d);
    let speed = select(-along, along, outwards);
    let square = dot(d, d) * inside;
    return room / (speed + sqrt(max(speed * speed + square, 0.0)));
}
