// Where a straight way meets a round wall: the fraction of the way `d` from `across` (off the axis) at which a circle is left
// from within (`sign` 1) or entered from without (-1); above one if it is not.
const NEVER: f32 = 2.0;

fn crossing(across: vec2<f32>, d: vec2<f32>, radius: f32, sign: f32) -> f32 {
    if sign * (length(across + d) - radius) <= 0.0 {
        return NEVER;
    }
    // |across + f d| = radius, with the differences of squares taken apart so that nothing cancels
    let r = length(across);
    let room = sign * (radius - r) * (radius + r);
    if room <= 0.0 {
        return 0.0;
    }
    let speed = sign * dot(across, d);
    let root = sqrt(max(speed * speed + sign * dot(d, d) * room, 0.0));
    return room / (speed + root);
}
