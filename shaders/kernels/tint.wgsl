// Turns the amounts of every pixel into its colour. What is enriched shows: colours are mixed by the squares of the amounts.
#import lib/params
#import lib/shot

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read> shot: Shot;
@group(0) @binding(3) var<storage, read> sums: array<u32>;
// Classes: colour in linear light and the opacity of an amount of one. Values: colours from the low end to the high one, and one
// entry more.
@group(0) @binding(4) var<storage, read> palette: array<vec4<f32>>;
// What lies behind, in linear light; w: how much of the pixel cells may show in.
@group(0) @binding(5) var<storage, read> behind: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> image: array<u32>;

@compute @workgroup_size(256)
fn tint(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i >= page.count {
        return;
    }
    var cells = vec3<f32>(0.0);
    var depth = 0.0;
    if shot.stride > 0u {
        let amount = f32(sums[2u * i]);
        depth = amount * shot.gain;
        // on the last colour the weight of what follows is zero
        let at = f32(sums[2u * i + 1u]) / max(amount, 1.0);
        let low = u32(at);
        cells = mix(palette[low].rgb, palette[low + 1u].rgb, at - f32(low));
    } else {
        var squares = 0.0;
        for (var k = 0u; k < shot.channels; k++) {
            let a = f32(sums[i * shot.channels + k]) * palette[k].w;
            depth += a;
            squares += a * a;
            cells += a * a * palette[k].rgb;
        }
        if squares > 0.0 {
            cells /= squares;
        }
    }
    let light = mix(cells, behind[i].rgb, exp(-depth * behind[i].w));
    image[i] = pack4x8unorm(vec4<f32>(pow(light, vec3<f32>(1.0 / 2.2)), 1.0));
}
