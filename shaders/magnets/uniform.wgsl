// B = b + G r with a symmetric, traceless G: a background, or a constant gradient.
#import lib/flux

fn field_uniform(r: vec3<f32>, b: vec3<f32>, g: mat3x3<f32>) -> Flux {
    return Flux(b + g * r, vec3<f32>(g[0].x, g[1].y, g[2].z), vec3<f32>(g[1].z, g[2].x, g[0].y));
}
