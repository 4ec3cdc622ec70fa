// Three words from three words. Jarzynski & Olano, J. Comput. Graph. Tech. 9(3), 2020.
fn pcg3d(seed: vec3<u32>) -> vec3<u32> {
    var v = seed * 1664525u + 1013904223u;
    v.x += v.y * v.z;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v ^= v >> vec3<u32>(16u);
    v.x += v.y * v.z;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    return v;
}

// The key of a stream of random numbers: as a hash, so that no stream of one seed is another stream of the next.
fn key(seed: u32, stream: u32) -> u32 {
    return pcg3d(vec3<u32>(seed, stream, 2u)).x;
}
