// The field at a place [um], interpolated between the corners of its grid cell.
fn pull_at(q: vec3<f32>) -> vec4<f32> {
    let n = params.cells.xyz;
    let c = clamp((q - params.origin.xyz) / params.size.xyz, vec3<f32>(0.0), vec3<f32>(n));
    let i = min(vec3<u32>(c), n - 1u);
    let t = c - vec3<f32>(i);
    let row = n.x + 1u;
    let layer = row * (n.y + 1u);
    let k = i.z * layer + i.y * row + i.x;
    let a = mix(mix(pull[k], pull[k + 1u], t.x), mix(pull[k + row], pull[k + row + 1u], t.x), t.y);
    let l = k + layer;
    let b = mix(mix(pull[l], pull[l + 1u], t.x), mix(pull[l + row], pull[l + row + 1u], t.x), t.y);
    return mix(a, b, t.z);
}
