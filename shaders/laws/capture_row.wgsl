// Row of a table with two rows an octave at which a ratio of magnetic velocity to flow stands; from 2^-12 to 2^12.
const CAPTURE_ROWS: u32 = 49u;

fn capture_row(ratio: f32) -> f32 {
    return clamp(2.0 * log2(ratio) + 24.0, 0.0, 48.0);
}
