// Adds every parcel to the pixels of a picture as a disc of its class or value. Integers, so that their order does not matter.
#import lib/params
#import lib/passage
#import lib/position
#import lib/random
#import lib/shot
#import lib/disc

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> page: Page;
@group(0) @binding(2) var<storage, read> shot: Shot;
@group(0) @binding(3) var<storage, read> position_x: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> position_y: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> position_z: array<vec2<u32>>;
@group(0) @binding(6) var<storage, read> kind: array<u32>;
// Read where parcels have one.
@group(0) @binding(7) var<storage, read> fate: array<u32>;
@group(0) @binding(8) var<storage, read> value: array<f32>;
// By component and band along z.
@group(0) @binding(9) var<storage, read> blots: array<Blot>;
// Channel by component and fate; where there is none, the parcel is not drawn.
@group(0) @binding(10) var<storage, read> channel: array<u32>;
@group(0) @binding(11) var<storage, read_write> sums: array<atomic<u32>>;

// From the sum of two numbers of 16 bits to one up to 2.
const EVEN: f32 = 1.52587890625e-5;

// Steps of a parcel's value above the lower end.
fn steps_of(i: u32, cell: vec3<u32>) -> u32 {
    let n = params.cells;
    let of_cell = (cell.z * n.y + cell.y) * n.x + cell.x;
    let entry = select(i, of_cell, shot.of_cells == 1u) * shot.stride + shot.offset;
    let part = clamp((value[entry] - shot.low) * shot.per_range, 0.0, 1.0);
    return u32(round(part * shot.steps));
}

@compute @workgroup_size(256)
fn splat(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x + id.y * page.row;
    if i >= page.count {
        return;
    }
    var fated = 0u;
    if shot.fated == 1u {
        fated = fate[i];
    }
    let into = channel[kind[i] * FATES + fated];
    let x = position_x[i];
    let y = position_y[i];
    let z = position_z[i];
    if into >= shot.channels {
        // a class that is not shown
        return;
    }
    let cell = vec3<u32>(x.y, y.y, z.y);
    if any(cell >= params.cells.xyz) {
        // outside of the grid a parcel is nowhere
        return;
    }
    var place = params.origin.xyz + params.size.xyz * vec3<f32>(coordinate(x), coordinate(y), coordinate(z));
    if abs(dot(shot.slab.xyz, place) + shot.slab.w) > 1.0 {
        return;
    }
    if shot.unrolled != 0.0 {
        place = vec3<f32>(shot.unrolled * atan2(place.y, place.x), length(place.xy), place.z);
    }
    let divisor = dot(shot.divisor.xyz, place) + shot.divisor.w;
    if divisor <= 0.0 {
        // behind the eye
        return;
    }
    let blot = blots[kind[i] * shot.bands + cell.z * shot.bands / params.cells.z];
    let scale = shot.scale / divisor;
    var middle = vec2<f32>(
        dot(shot.column.xyz, place) + shot.column.w,
        dot(shot.row.xyz, place) + shot.row.w,
    ) / divisor;
    if fated == FREE {
        // where it starts is too regular for the eye
        let chance = pcg3d(vec3<u32>(page.first + i, kind[i], 0u)).xy;
        let sum = (chance & vec2<u32>(0xffffu)) + (chance >> vec2<u32>(16u));
        middle += blot.shift * scale * (vec2<f32>(sum) * EVEN - 1.0);
    }
    let r = clamp(blot.radius * scale, shot.least, shot.most);
    // pixels whose middles are within half a pixel of the disc
    let size = vec2<f32>(f32(shot.width), f32(shot.height));
    let first = vec2<u32>(clamp(middle - r, vec2<f32>(0.0), size));
    let beyond = vec2<u32>(clamp(middle + r + 1.0, vec2<f32>(0.0), size));
    for (var row = first.y; row < beyond.y; row++) {
        for (var column = first.x; column < beyond.x; column++) {
            let d = distance(middle, vec2<f32>(f32(column), f32(row)) + 0.5);
            let amount = u32(round(disc(d, r) * blot.amount));
            if amount > 0u {
                let pixel = (row * shot.width + column) * shot.channels;
                atomicAdd(&sums[pixel + into], amount);
                if shot.stride > 0u {
                    atomicAdd(&sums[pixel + 1u], amount * steps_of(i, cell));
                }
            }
        }
    }
}
