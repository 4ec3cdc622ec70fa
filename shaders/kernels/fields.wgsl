// From the moments of a grid cell to what its surroundings do to any cell in it: hindrance (x), density of the
// mixture above the fluid's (y), volume backflow per acceleration and fluidity (z), volume fraction (w).
#import lib/params
#import lib/statistics
#import laws/hindrance
#import laws/packing

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<u32>;
@group(0) @binding(2) var<storage, read> inverse_volume: array<f32>;
@group(0) @binding(3) var<storage, read_write> fields: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> stats: array<atomic<u32>>;

// A 64-bit two's complement number as a float; negative ones by their magnitude, else small ones would drown.
fn real(low: u32, high: u32) -> f32 {
    if (high & 0x80000000u) == 0u {
        return f32(high) * 4294967296.0 + f32(low);
    }
    let l = ~low + 1u;
    let h = ~high + select(0u, 1u, l == 0u);
    return -(f32(h) * 4294967296.0 + f32(l));
}

@compute @workgroup_size(64)
fn fields_of_cell(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x;
    if i >= params.cells.w {
        return;
    }
    var m: vec4<f32>;
    for (var k = 0u; k < 4u; k++) {
        m[k] = real(sums[i * 8u + k * 2u], sums[i * 8u + k * 2u + 1u]) * params.moment_unit[k] * inverse_volume[i];
    }
    let h = hindrance(m.x, params.exponent) * packing(m.x, params.packing_limit, params.packing_width);
    fields[i] = vec4<f32>(h, m.y, h * (m.w - m.y * m.z), m.x);
    // the bits of positive floats order as the floats do; what is not a number shows in the displacements
    if m.x > 0.0 {
        atomicMax(&stats[FULLEST], bitcast<u32>(m.x));
    }
}
