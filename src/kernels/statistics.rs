//! What the kernels count in a batch of steps, in the words of the buffer `stats`.

use crate::shaders::gpu_constants;

gpu_constants! {
    /// Word of [`Statistics::greatest`].
    const GREATEST: usize = 0;
    /// Word of [`Statistics::bounded`].
    const BOUNDED: usize = 1;
    /// Word of [`Statistics::bad_step`].
    const BAD_STEP: usize = 2;
    /// Word of [`Statistics::bad_parcel`].
    const BAD_PARCEL: usize = 3;
    /// Word of [`Statistics::fullest`].
    const FULLEST: usize = 4;
}

/// The buffer `stats`, word by word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Greatest displacement before it was bounded [grid cells]; the bits of a positive float, which order as the floats
    /// do.
    pub greatest: f64,
    /// Displacements that were held back to the bound.
    pub bounded: u32,
    /// First bad step, or `u32::MAX`.
    pub bad_step: u32,
    /// First bad parcel in it, or `u32::MAX`.
    pub bad_parcel: u32,
    /// Greatest volume fraction of all cells in a grid cell, or greatest share of a patch of a surface that filled in a step; bits as of the
    /// first word.
    pub fullest: f64,
}

impl Statistics {
    /// Words in the buffer.
    pub const WORDS: usize = 5;

    /// Nothing seen yet.
    pub const FRESH: Self = Self {
        greatest: 0.0,
        bounded: 0,
        bad_step: u32::MAX,
        bad_parcel: u32::MAX,
        fullest: 0.0,
    };

    /// From the words of the buffer.
    pub fn from_words(w: [u32; Self::WORDS]) -> Self {
        Self {
            greatest: f64::from(f32::from_bits(w[GREATEST])),
            bounded: w[BOUNDED],
            bad_step: w[BAD_STEP],
            bad_parcel: w[BAD_PARCEL],
            fullest: f64::from(f32::from_bits(w[FULLEST])),
        }
    }

    /// As words of the buffer.
    pub fn words(&self) -> [u32; Self::WORDS] {
        let mut w = [0; Self::WORDS];
        w[GREATEST] = (self.greatest as f32).to_bits();
        w[BOUNDED] = self.bounded;
        w[BAD_STEP] = self.bad_step;
        w[BAD_PARCEL] = self.bad_parcel;
        w[FULLEST] = (self.fullest as f32).to_bits();
        w
    }

    /// Takes down a bad parcel: the first step counts, and in it the first parcel.
    pub fn report(&mut self, step: u32, parcel: u32) {
        if step < self.bad_step {
            (self.bad_step, self.bad_parcel) = (step, parcel);
        } else if step == self.bad_step {
            self.bad_parcel = self.bad_parcel.min(parcel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Statistics;

    #[test]
    fn the_first_step_counts_and_in_it_the_first_parcel() {
        let mut s = Statistics::FRESH;
        for (step, parcel) in [(7, 90), (7, 80), (8, 3), (6, 100), (7, 1)] {
            s.report(step, parcel);
        }
        assert_eq!((s.bad_step, s.bad_parcel), (6, 100));
        assert_eq!(Statistics::from_words(s.words()), s);
    }
}
