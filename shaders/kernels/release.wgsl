// Lets go what surfaces hold when the magnets are off: all of it, or a share drawn by chance.
#import lib/params
#import lib/passage
#import lib/patches
#import lib/random

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<uniform> passage: Passage;
@group(0) @binding(3) var<storage, read> position_z: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> kind: array<u32>;
@group(0) @binding(5) var<storage, read_write> fate: array<u32>;
@group(0) @binding(6) var<storage, read_write> depth: array<f32>;
@group(0) @binding(7) var<storage, read> footprint: array<u32>;
@group(0) @binding(8) var<storage, read_write> arrived: array<atomic<u32>>;

// Keeps these draws apart from others of the same step.
const RELEASE: u32 = 4u;

@compute @workgroup_size(256)
fn release(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i >= page.count || fate[i] < HELD || fate[i] >= OUT {
        return;
    }
    let r = pcg3d(vec3<u32>(page.first + i, params.step, key(params.seed, RELEASE)));
    // as integers of 24 bits, which a float holds: at a share of one all come off
    if (r.x >> 8u) >= u32(passage.released * 16777216.0) {
        return;
    }
    atomicSub(&arrived[patch_of(fate[i] - HELD, position_z[i].y)], footprint[kind[i]]);
    fate[i] = FREE;
    // how deep into a matrix it comes the next time, in mean depths: exponential
    depth[i] = -log(1.0 - f32(r.y >> 8u) / 16777216.0);
}
