// Adds to every patch of a surface what arrived there in the last step, says how much of it is still free, and which share of a patch filled
// at most.
#import lib/params
#import lib/passage
#import lib/statistics

@group(0) @binding(0) var<uniform> params: Params;
// Units of room that each surface has on a patch.
@group(0) @binding(1) var<storage, read> capacity: array<u32>;
@group(0) @binding(2) var<storage, read_write> held: array<u32>;
@group(0) @binding(3) var<storage, read_write> arrived: array<u32>;
@group(0) @binding(4) var<storage, read_write> vacant: array<f32>;
@group(0) @binding(5) var<storage, read_write> stats: array<atomic<u32>>;

@compute @workgroup_size(64)
fn settle(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x;
    let layers = params.cells.z;
    if i >= SURFACES * layers {
        return;
    }
    // what came off arrived as a negative number, of which a word keeps the lower bits
    let came = arrived[i];
    held[i] += came;
    arrived[i] = 0u;
    let room = capacity[i / layers];
    if bitcast<i32>(came) > 0 {
        atomicMax(&stats[FULLEST], bitcast<u32>(f32(came) / f32(room)));
    }
    vacant[i] = f32(room - min(held[i], room)) / f32(room);
}
