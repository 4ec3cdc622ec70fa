// What a long wire along z of radius one adds to the field across it, magnetised by j across its axis.
#import lib/flux

fn field_wire(r: vec2<f32>, j: vec2<f32>) -> Flux {
    let d = length(r);
    let n = r / d;
    let share = 1.0 / (d * d);
    let along = dot(j, n);
    let b = 0.5 * share * (2.0 * along * n - j);
    let xx = share / d * (2.0 * j.x * n.x + along - 4.0 * along * n.x * n.x);
    let xy = share / d * (j.x * n.y + j.y * n.x - 4.0 * along * n.x * n.y);
    return Flux(vec3<f32>(b, 0.0), vec3<f32>(xx, -xx, 0.0), vec3<f32>(0.0, 0.0, xy));
}
