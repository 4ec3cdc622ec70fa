// Counts parcels and sums their volumes by component and by bin along the vessel; integers, exact.
#import lib/params

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read> position_z: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> kind: array<u32>;
@group(0) @binding(4) var<storage, read> moments: array<vec4<i32>>;
// Three words a bin: count, low and high word of the volume.
@group(0) @binding(5) var<storage, read_write> tally: array<atomic<u32>>;

// floor(a b / 2^32) from 16-bit halves
fn high_word(a: u32, b: u32) -> u32 {
    let al = a & 0xffffu;
    let ah = a >> 16u;
    let bl = b & 0xffffu;
    let bh = b >> 16u;
    let middle = ah * bl + ((al * bl) >> 16u);
    let carry = (middle & 0xffffu) + al * bh;
    return ah * bh + (middle >> 16u) + (carry >> 16u);
}

@compute @workgroup_size(256)
fn profile(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i >= page.count {
        return;
    }
    let p = position_z[i];
    if p.y >= params.cells.z {
        // outside of the grid: the count will be one short, which the engine notices
        return;
    }
    let bin = (p.y * params.bins + high_word(p.x, params.bins)) / params.cells.z;
    let slot = (kind[i] * params.bins + bin) * 3u;
    atomicAdd(&tally[slot], 1u);
    let low = bitcast<u32>(moments[i].x);
    let before = atomicAdd(&tally[slot + 1u], low);
    if before + low < low {
        atomicAdd(&tally[slot + 2u], 1u);
    }
}
