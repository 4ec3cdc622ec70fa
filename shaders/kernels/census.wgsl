// Counts parcels by component and by what has become of them; integers, exact.
#import lib/params
#import lib/passage

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read> kind: array<u32>;
@group(0) @binding(3) var<storage, read> fate: array<u32>;
@group(0) @binding(4) var<storage, read_write> census: array<atomic<u32>>;

@compute @workgroup_size(256)
fn census_of_fates(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i < page.count && fate[i] < FATES {
        atomicAdd(&census[kind[i] * FATES + fate[i]], 1u);
    }
}
