// Any steady flow, over its mean: all three components on nodes in the coordinates of the duct.
#import lib/across
#import lib/angles

// Share of the mean flow of which a change does not count, as in advance_carried.rs.
const OF_MEAN_GIVEN: f32 = 0.1;

fn of_mean() -> f32 {
    return OF_MEAN_GIVEN;
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

fn carrier_at(q: vec3<f32>) -> vec3<f32> {
    var turn: f32;
    if passage.shape == CHANNEL {
        turn = over_width(q.xy);
    } else {
        turn = around_axis(q.xy);
    }
    let n = vec3<u32>(passage.lanes, passage.around, passage.along);
    let own = vec3<f32>(lane(q.xy), turn, q.z / passage.wall.z);
    let c = clamp(own, vec3<f32>(0.0), vec3<f32>(1.0)) * vec3<f32>(n);
    let i = min(vec3<u32>(c), n - 1u);
    let t = c - vec3<f32>(i);
    let row = n.x + 1u;
    let layer = row * (n.y + 1u);
    let k = i.z * layer + i.y * row + i.x;
    let near = mix(mix(carrier_node(k), carrier_node(k + 1u), t.x), mix(carrier_node(k + row), carrier_node(k + row + 1u), t.x), t.y);
    let l = k + layer;
    let far = mix(mix(carrier_node(l), carrier_node(l + 1u), t.x), mix(carrier_node(l + row), carrier_node(l + row + 1u), t.x), t.y);
    return mix(near, far, t.z);
}
