//! Reference against measurement. The two are distinct types, so that neither can be compared with itself.

use super::{Compare, Fixture, Output, Statistics};
use crate::fixed::UNITS_PER_CELL;

/// What a twin says an output has to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    /// Integers, bit for bit.
    Words(Vec<u32>),
    /// Real numbers.
    Reals(Vec<f64>),
    /// Positions.
    Positions(Vec<u64>),
    /// The counts and maxima of a batch.
    Statistics(Statistics),
}

/// What came back from a back-end: the raw words of a buffer.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured(pub Vec<u32>);

/// How well an output agrees with its reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Greatest error, in the measure of the output.
    pub worst: f64,
    /// Element with the greatest error.
    pub at: usize,
    /// Median error.
    pub median: f64,
    /// Elements compared.
    pub elements: usize,
}

/// Why two things cannot be compared at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Lengths differ.
    #[error("{buffer}: the reference has {reference} elements, {measured} came back")]
    Length {
        /// Output.
        buffer: String,
        /// Elements expected.
        reference: usize,
        /// Elements measured.
        measured: usize,
    },
    /// A twin that answers with the wrong type.
    #[error("{0}: the twin's reference is not of the kind that the output declares")]
    Kind(String),
}

/// Compares; NaN is an infinite error.
///
/// # Errors
/// [`Mismatch`] when lengths or kinds differ.
pub fn compare(
    output: &Output,
    fixture: &Fixture,
    reference: &Reference,
    measured: &Measured,
) -> Result<Agreement, Mismatch> {
    let got = &measured.0;
    let same_length = |reference: usize, measured: usize| {
        let buffer = output.buffer.to_owned();
        if reference == measured {
            Ok(())
        } else {
            Err(Mismatch::Length {
                buffer,
                reference,
                measured,
            })
        }
    };
    let errors: Vec<f64> = match (output.compare, reference) {
        (Compare::Exact, Reference::Words(want)) => {
            same_length(want.len(), got.len())?;
            want.iter()
                .zip(got)
                .map(|(a, b)| f64::from(a.abs_diff(*b)))
                .collect()
        }
        (Compare::Amounts, Reference::Words(want)) => {
            same_length(want.len(), got.len())?;
            let scale = want.iter().copied().max().map_or(0.0, f64::from);
            want.iter()
                .zip(got)
                .map(|(a, b)| relative(f64::from(a.abs_diff(*b)), scale))
                .collect()
        }
        (Compare::Levels, Reference::Words(want)) => {
            same_length(want.len(), got.len())?;
            let apart = |(a, b): (u8, u8)| f64::from(a.abs_diff(b));
            want.iter()
                .zip(got)
                .map(|(a, b)| {
                    a.to_le_bytes()
                        .into_iter()
                        .zip(b.to_le_bytes())
                        .map(apart)
                        .fold(0.0, f64::max)
                })
                .collect()
        }
        (Compare::Columns(columns), Reference::Reals(want)) => {
            same_length(want.len(), got.len())?;
            let scale: Vec<f64> = (0..columns)
                .map(|k| {
                    want.iter()
                        .skip(k)
                        .step_by(columns)
                        .fold(0.0, |s: f64, x| s.max(x.abs()))
                })
                .collect();
            let value = |i: usize| f64::from(f32::from_bits(got[i]));
            (0..want.len())
                .map(|i| relative(want[i] - value(i), scale[i % columns]))
                .collect()
        }
        (Compare::Displacement, Reference::Positions(want)) => {
            same_length(2 * want.len(), got.len())?;
            let start = fixture.positions(output.buffer);
            let apart = |a: u64, b: u64| (a.max(b) - a.min(b)) as f64 / UNITS_PER_CELL;
            let scale = want
                .iter()
                .zip(&start)
                .map(|(a, b)| apart(*a, *b))
                .fold(0.0, f64::max);
            let place = |i: usize| u64::from(got[2 * i]) | u64::from(got[2 * i + 1]) << 32;
            (0..want.len())
                .map(|i| relative(apart(want[i], place(i)), scale))
                .collect()
        }
        (Compare::Statistics, Reference::Statistics(want)) => {
            same_length(Statistics::WORDS, got.len())?;
            let mut words = [0; Statistics::WORDS];
            words.copy_from_slice(got);
            let got = Statistics::from_words(words);
            let apart = |a: u32, b: u32| f64::from(a.abs_diff(b));
            vec![
                relative(want.greatest - got.greatest, want.greatest),
                apart(want.bounded, got.bounded),
                apart(want.bad_step, got.bad_step),
                apart(want.bad_parcel, got.bad_parcel),
                relative(want.fullest - got.fullest, want.fullest),
            ]
        }
        _ => return Err(Mismatch::Kind(output.buffer.to_owned())),
    };
    Ok(summarise(errors))
}

/// An error relative to a scale; where the scale is zero any difference at all is infinite.
fn relative(difference: f64, scale: f64) -> f64 {
    let e = if difference == 0.0 {
        0.0
    } else {
        difference.abs() / scale
    };
    if e.is_nan() { f64::INFINITY } else { e }
}

fn summarise(errors: Vec<f64>) -> Agreement {
    let (at, worst) = errors
        .iter()
        .enumerate()
        .fold((0, 0.0), |best, (i, &e)| if e > best.1 { (i, e) } else { best });
    let elements = errors.len();
    let mut sorted = errors;
    sorted.sort_by(f64::total_cmp);
    Agreement {
        worst,
        at,
        median: sorted.get(elements / 2).copied().unwrap_or(0.0),
        elements,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::{fixture, params::Params};

    fn output(compare: Compare) -> Output {
        Output {
            buffer: "b",
            compare,
            tolerance: 0.0,
            reason: "",
        }
    }

    fn empty() -> Fixture {
        Fixture {
            label: String::new(),
            items: 0,
            params: Params::default(),
            passage: Default::default(),
            page: fixture::page(0),
            buffers: vec![],
        }
    }

    #[test]
    fn nan_is_an_infinite_error_and_lengths_come_first() {
        let o = output(Compare::Columns(1));
        let r = Reference::Reals(vec![1.0, 2.0]);
        let nan = Measured(vec![f32::NAN.to_bits(), 2.0_f32.to_bits()]);
        let a = compare(&o, &empty(), &r, &nan).unwrap();
        assert_eq!((a.worst, a.at), (f64::INFINITY, 0));
        let short = Measured(vec![0]);
        assert!(matches!(
            compare(&o, &empty(), &r, &short),
            Err(Mismatch::Length { .. })
        ));
    }

    #[test]
    fn one_unit_off_is_seen_in_integers() {
        let a = compare(
            &output(Compare::Exact),
            &empty(),
            &Reference::Words(vec![7, 8, 9]),
            &Measured(vec![7, 9, 9]),
        );
        assert_eq!(
            a.unwrap(),
            Agreement {
                worst: 1.0,
                at: 1,
                median: 0.0,
                elements: 3
            }
        );
    }
}
