// The flow at a place, interpolated between its nodes in the coordinates of the duct.
#import lib/angles

// Where across the flow a place is: 0 at the inner wall, the axis or the lower wall, 1 at the other.
fn lane(q: vec2<f32>) -> f32 {
    if passage.shape == CHANNEL {
        return 0.5 + 0.5 * q.y / passage.wall.y;
    }
    return (length(q) - passage.wall.x) / (passage.wall.y - passage.wall.x);
}

// Where over the width of a channel a place is, 0 to 1.
fn over_width(q: vec2<f32>) -> f32 {
    return 0.5 + 0.5 * q.x / passage.wall.x;
}

const HALF_TURN: f32 = 3.14159265;

// Where around the axis a place is, 0 to 1 from x towards y.
fn around_axis(q: vec2<f32>) -> f32 {
    let a = abs(q);
    // on the axis any angle will do
    let eighth = arctangent(min(a.x, a.y) / max(max(a.x, a.y), 1e-30));
    let quarter = select(eighth, 0.5 * HALF_TURN - eighth, a.y > a.x);
    let half = select(quarter, HALF_TURN - quarter, q.x < 0.0);
    return 0.5 * select(half, 2.0 * HALF_TURN - half, q.y < 0.0) / HALF_TURN;
}

fn carrier_node(i: u32) -> vec3<f32> {
    return vec3<f32>(carrier[3u * i], carrier[3u * i + 1u], carrier[3u * i + 2u]);
}

// Velocity over its mean.
fn carrier_at(q: vec3<f32>) -> vec3<f32> {
    let x = clamp(lane(q.xy), 0.0, 1.0) * f32(passage.lanes);
    let i = min(u32(x), passage.lanes - 1u);
    if passage.around == 0u {
        return vec3<f32>(0.0, 0.0, mix(carrier[i], carrier[i + 1u], x - f32(i)));
    }
    var turn: f32;
    if passage.shape == CHANNEL {
        turn = over_width(q.xy);
    } else {
        turn = around_axis(q.xy);
    }
    let y = clamp(turn, 0.0, 1.0) * f32(passage.around);
    let j = min(u32(y), passage.around - 1u);
    let row = passage.lanes + 1u;
    let layer = row * (passage.around + 1u);
    let s = x - f32(i);
    let t = y - f32(j);
    var k = j * row + i;
    var z: f32;
    if passage.along > 0u {
        z = clamp(q.z / passage.wall.z, 0.0, 1.0) * f32(passage.along);
        let l = min(u32(z), passage.along - 1u);
        k += l * layer;
        z -= f32(l);
    }
    let near = mix(mix(carrier_node(k), carrier_node(k + 1u), s), mix(carrier_node(k + row), carrier_node(k + row + 1u), s), t);
    if passage.along == 0u {
        return near;
    }
    k += layer;
    let far = mix(mix(carrier_node(k), carrier_node(k + 1u), s), mix(carrier_node(k + row), carrier_node(k + row + 1u), s), t);
    return mix(near, far, z);
}
