// Bx - i By = strength (x + i y)^(order - 1), lengths in the radius at which the strength is given.
#import lib/flux

fn field_multipole(r: vec2<f32>, order: u32, strength: f32) -> Flux {
    var below: vec2<f32>;
    var power = vec2<f32>(strength, 0.0);
    for (var k = 1u; k < order; k++) {
        below = power;
        power = vec2<f32>(power.x * r.x - power.y * r.y, power.x * r.y + power.y * r.x);
    }
    let slope = f32(order - 1u) * below;
    return Flux(vec3<f32>(power.x, -power.y, 0.0), vec3<f32>(slope.x, -slope.x, 0.0), vec3<f32>(0.0, 0.0, -slope.y));
}
