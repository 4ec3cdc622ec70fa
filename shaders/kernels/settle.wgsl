// Adds to every patch of a surface what arrived there in the last step, and says how much of it is still free.
#import lib/params
#import lib/passage

@group(0) @binding(0) var<uniform> params: Params;
// Units of room that each surface has on a patch.
@group(0) @binding(1) var<storage, read> capacity: array<u32>;
@group(0) @binding(2) var<storage, read_write> held: array<u32>;
@group(0) @binding(3) var<storage, read_write> arrived: array<u32>;
@group(0) @binding(4) var<storage, read_write> vacant: array<f32>;

@compute @workgroup_size(64)
fn settle(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x;
    let layers = params.cells.z;
    if i >= SURFACES * layers {
        return;
    }
    // what came off arrived as a negative number, of which a word keeps the lower bits
    held[i] += arrived[i];
    arrived[i] = 0u;
    let room = capacity[i / layers];
    vacant[i] = f32(room - min(held[i], room)) / f32(room);
}
