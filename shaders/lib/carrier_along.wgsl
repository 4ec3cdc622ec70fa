// A flow that goes along the duct, the same all along: over its mean on nodes across and, in a channel, over its width.
#import lib/across

// Share of the mean flow of which a change does not count, as in advance_carried.rs.
const OF_MEAN_ALONG: f32 = 1.0;

fn of_mean() -> f32 {
    return OF_MEAN_ALONG;
}

fn carrier_at(q: vec3<f32>) -> vec3<f32> {
    let x = clamp(lane(q.xy), 0.0, 1.0) * f32(passage.lanes);
    let i = min(u32(x), passage.lanes - 1u);
    let s = x - f32(i);
    // one row where it is the same all around
    var k = i;
    var l = i;
    var t: f32;
    if passage.around > 0u {
        let y = clamp(over_width(q.xy), 0.0, 1.0) * f32(passage.around);
        let j = min(u32(y), passage.around - 1u);
        t = y - f32(j);
        k += j * (passage.lanes + 1u);
        l = k + passage.lanes + 1u;
    }
    return vec3<f32>(0.0, 0.0, mix(mix(carrier[k], carrier[k + 1u], s), mix(carrier[l], carrier[l + 1u], s), t));
}
