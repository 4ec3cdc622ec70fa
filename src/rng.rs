//! Deterministic numbers: integer hashes, the same in Rust and WGSL, and low-discrepancy points.

/// Three rounds of the PCG3D hash. Source: Jarzynski & Olano, "Hash Functions for GPU Rendering",
/// Journal of Computer Graphics Techniques 9(3), 2020.
pub fn pcg3d(mut v: [u32; 3]) -> [u32; 3] {
    for x in &mut v {
        *x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    }
    let mix = |v: &mut [u32; 3]| {
        v[0] = v[0].wrapping_add(v[1].wrapping_mul(v[2]));
        v[1] = v[1].wrapping_add(v[2].wrapping_mul(v[0]));
        v[2] = v[2].wrapping_add(v[0].wrapping_mul(v[1]));
    };
    mix(&mut v);
    for x in &mut v {
        *x ^= *x >> 16;
    }
    mix(&mut v);
    v
}

/// The key of a stream of random numbers within a run.
///
/// It is a hash: with a sum, stream 3 of one seed would be stream 2 of the next.
pub fn key(seed: u32, stream: u32) -> u32 {
    pcg3d([seed, stream, 2])[0]
}

/// Four numbers in [0, 1) for a seed and a stream.
pub fn unit_vector(seed: u64, stream: u64) -> [f64; 4] {
    let fold = |x: u64| (x as u32) ^ ((x >> 32) as u32).rotate_left(16);
    let a = pcg3d([fold(seed), fold(stream), 0]);
    let b = pcg3d([fold(seed), fold(stream), 1]);
    [a[0], a[1], b[0], b[1]].map(|x| f64::from(x) / 4_294_967_296.0)
}

/// Point `i` of Roberts' R4 sequence, shifted by `shift` modulo one.
///
/// The generators are powers of 1/g, where g is the root of g^5 = g + 1. Source: M. Roberts, "The
/// Unreasonable Effectiveness of Quasirandom Sequences" (2018).
pub fn roberts4(i: u64, shift: [f64; 4]) -> [f64; 4] {
    const G: f64 = 1.167_303_978_261_418_7;
    std::array::from_fn(|k| {
        let step = G.powi(-(k as i32 + 1));
        (shift[k] + (i as f64 * step).fract()).fract()
    })
}

#[cfg(test)]
mod tests {
    use super::key;

    /// Neighbouring streams of neighbouring seeds have keys of their own.
    #[test]
    fn no_stream_is_that_of_another_seed() {
        let mut keys: Vec<u32> = (0..1000)
            .flat_map(|seed| (0..5).map(move |stream| key(seed, stream)))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 5000);
    }
}
