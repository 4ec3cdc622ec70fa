// Every parcel adds its four moments to the grid cell it is in. 64-bit integers in two words each, so that the
// sum does not depend on the order: the low word's carry goes on to the high word. A workgroup takes many parcels one after the other
// and first adds up by itself, where its memory has room for all grid cells: thousands of threads that add to the same few hundred
// words of the device's memory wait for each other.
#import lib/params

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read> position_x: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> position_y: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> position_z: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> moments: array<vec4<i32>>;
@group(0) @binding(6) var<storage, read_write> sums: array<atomic<u32>>;

// Grid cells for which there is room; a workgroup may count on 16 KiB.
const ROOM: u32 = 512u;

const MOMENTS: u32 = 4u;

// Low words of the first moment, cell by cell, so that neighbours lie in different banks; its high words; those of the second; ..
var<workgroup> own: array<atomic<u32>, 2u * MOMENTS * ROOM>;

// What is to be added to a high word besides: the carry of the low word, to which `low` was added when it was `before`.
fn carry(before: u32, low: u32) -> u32 {
    return select(0u, 1u, before + low < low);
}

// Adds to a sum of the workgroup.
fn add_to_own(slot: u32, low: u32, sign: u32) {
    let high = sign + carry(atomicAdd(&own[slot], low), low);
    if high != 0u {
        atomicAdd(&own[slot + ROOM], high);
    }
}

// Adds to a sum of all.
fn add_to_all(slot: u32, low: u32, high: u32) {
    let more = high + carry(atomicAdd(&sums[slot], low), low);
    if more != 0u {
        atomicAdd(&sums[slot + 1u], more);
    }
}

@compute @workgroup_size(256)
fn deposit(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let n = params.cells;
    let apart = n.w <= ROOM;
    for (var i = group.x * 256u + lane; i < page.count; i += groups.x * 256u) {
        let x = position_x[i].y;
        let y = position_y[i].y;
        let z = position_z[i].y;
        if x >= n.x || y >= n.y || z >= n.z {
            // outside of the grid: the kernel that moves reports it
            continue;
        }
        let cell = (z * n.y + y) * n.x + x;
        let add = moments[i];
        for (var k = 0u; k < MOMENTS; k++) {
            let low = bitcast<u32>(add[k]);
            let sign = select(0u, 0xffffffffu, add[k] < 0);
            if apart {
                add_to_own(2u * k * ROOM + cell, low, sign);
            } else {
                add_to_all(cell * 8u + 2u * k, low, sign);
            }
        }
    }
    workgroupBarrier();
    if apart {
        for (var cell = lane; cell < n.w; cell += 256u) {
            for (var k = 0u; k < MOMENTS; k++) {
                let slot = 2u * k * ROOM + cell;
                add_to_all(cell * 8u + 2u * k, atomicLoad(&own[slot]), atomicLoad(&own[slot + ROOM]));
            }
        }
    }
}
