// Moves every parcel one step in a vessel through which any steady flow carries it, or a field pulls it.
#import lib/carried
#import lib/carrier_given

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<uniform> passage: Passage;
@group(0) @binding(3) var<storage, read_write> position_x: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read_write> position_y: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read_write> position_z: array<vec2<u32>>;
@group(0) @binding(6) var<storage, read> mobility: array<f32>;
@group(0) @binding(7) var<storage, read> excess: array<f32>;
// Magnetic mobility in this fluid [um3 us/pg]; one over the field at which it saturates [1/T].
@group(0) @binding(8) var<storage, read> magnetic: array<vec2<f32>>;
@group(0) @binding(9) var<storage, read_write> fate: array<u32>;
// When it enters, and when it was held or left [us].
@group(0) @binding(10) var<storage, read_write> clock: array<vec2<f32>>;
// grad(B2)/(2 mu0) [pg/(um2 us2)] and |B| [T] on the corners of the grid cells, x fastest.
@group(0) @binding(11) var<storage, read> pull: array<vec4<f32>>;
// Velocity of the flow over its mean, three components on nodes across, around and along, lane fastest.
@group(0) @binding(12) var<storage, read> carrier: array<f32>;
@group(0) @binding(13) var<storage, read> kind: array<u32>;
// Share of a patch that is still free; none of it is where cells are no longer held.
@group(0) @binding(14) var<storage, read> vacant: array<f32>;
// Units of room that a parcel takes on a surface, by component.
@group(0) @binding(15) var<storage, read> footprint: array<u32>;
@group(0) @binding(16) var<storage, read_write> arrived: array<atomic<u32>>;
@group(0) @binding(17) var<storage, read_write> stats: array<atomic<u32>>;

var<workgroup> greatest: atomic<u32>;

@compute @workgroup_size(256)
fn advance_guided(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let i = id.x + id.y * page.row;
    if i < page.count {
        step_of(i);
    }
    workgroupBarrier();
    if lane == 0u {
        atomicMax(&stats[GREATEST], atomicLoad(&greatest));
    }
}
