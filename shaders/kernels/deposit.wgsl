// Every parcel adds its four moments to the grid cell it is in. 64-bit integers in two words each, so that the
// sum does not depend on the order: the low word's carry goes on to the high word.
#import lib/params

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read> position_x: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> position_y: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> position_z: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> moments: array<vec4<i32>>;
@group(0) @binding(6) var<storage, read_write> sums: array<atomic<u32>>;

@compute @workgroup_size(256)
fn deposit(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i >= page.count {
        return;
    }
    let n = params.cells;
    let x = position_x[i].y;
    let y = position_y[i].y;
    let z = position_z[i].y;
    if x >= n.x || y >= n.y || z >= n.z {
        // outside of the grid: the kernel that moves reports it
        return;
    }
    let cell = (z * n.y + y) * n.x + x;
    let add = moments[i];
    for (var k = 0u; k < 4u; k++) {
        let slot = cell * 8u + k * 2u;
        let low = bitcast<u32>(add[k]);
        let before = atomicAdd(&sums[slot], low);
        // sign extension of the addend, plus the carry of the low word
        let high = select(0u, 0xffffffffu, add[k] < 0) + select(0u, 1u, before + low < low);
        if high != 0u {
            atomicAdd(&sums[slot + 1u], high);
        }
    }
}
