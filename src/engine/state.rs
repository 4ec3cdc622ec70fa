//! One hash for the state in which a run leaves its parcels.

/// Words that are turned into bytes at a time.
const CHUNK: usize = 4096;

/// The BLAKE3 hash of columns of words, as little-endian bytes, one column after the other with its length before it.
#[derive(Debug, Default)]
pub(super) struct StateHash(blake3::Hasher);

impl StateHash {
    /// Adds a column of 64-bit words.
    pub fn wide(&mut self, column: &[u64]) {
        self.column(column, |x| x.to_le_bytes());
    }

    /// Adds a column of 32-bit words.
    pub fn narrow(&mut self, column: &[u32]) {
        self.column(column, |x| x.to_le_bytes());
    }

    /// Adds columns of times.
    pub fn times(&mut self, column: &[[f32; 2]]) {
        for k in 0..2 {
            self.column(column, |x| x[k].to_bits().to_le_bytes());
        }
    }

    fn column<T, const N: usize>(&mut self, column: &[T], bytes: impl Fn(&T) -> [u8; N]) {
        self.0.update(&(column.len() as u64).to_le_bytes());
        let mut buffer = Vec::with_capacity(N * CHUNK);
        for chunk in column.chunks(CHUNK) {
            buffer.clear();
            buffer.extend(chunk.iter().flat_map(&bytes));
            self.0.update(&buffer);
        }
    }

    /// The hash, as 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::StateHash;

    /// Every word counts, also the last of a chunk and the first of the next, and so does the column that it is in.
    #[test]
    fn every_word_counts() {
        let hash = |a: &[u64], b: &[u32]| {
            let mut h = StateHash::default();
            h.wide(a);
            h.narrow(b);
            h.hex()
        };
        let mut a = vec![7; 5000];
        let same = hash(&a, &[1, 2]);
        assert_eq!(same, hash(&a, &[1, 2]));
        for i in [0, 4095, 4096, 4999] {
            a[i] += 1;
            assert_ne!(same, hash(&a, &[1, 2]), "{i}");
            a[i] -= 1;
        }
        assert_ne!(hash(&[1], &[]), hash(&[], &[1, 0]));
        // of nothing but two lengths of zero
        let empty = blake3::hash(&[0; 16]).to_hex().to_string();
        assert_eq!(hash(&[], &[]), empty);
    }
}
