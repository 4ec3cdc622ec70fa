//! How far counts of parcels are off by chance: intervals that hold what is true in 19 of 20 runs.
//!
//! Each parcel is taken to come to a place by itself, with the chance that its species has. Starts are spread evenly, which makes
//! counts scatter less than that, so the intervals are on the safe side. They know nothing of what the model leaves out.

/// Standard deviations of a normal distribution that hold 95 %.
const Z: f64 = 1.959_964;

/// Where the share of a species lies of whose `all` parcels `here` are at a place: both ends, 0 to 1. Source: E. B. Wilson, J. Am.
/// Stat. Assoc. 22:209-212 (1927), from memory: the shares p with |here/all - p| <= z sqrt(p (1 - p)/all). Nothing is known
/// of a species without a parcel.
pub fn share(here: u64, all: u64) -> [f64; 2] {
    if all == 0 {
        return [0.0, 1.0];
    }
    let n = all as f64;
    let (p, z2) = (here as f64 / n, Z * Z / n);
    let middle = (p + 0.5 * z2) / (1.0 + z2);
    let half = (z2 * (p * (1.0 - p) + 0.25 * z2)).sqrt() / (1.0 + z2);
    // exact where rounding would leave a little
    let low = if here == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if here >= all {
        1.0
    } else {
        (middle + half).min(1.0)
    };
    [low, high]
}

/// Upper end of a share of which none of `all` parcels was found: if it were larger, one would have been found in 19 of 20
/// runs. That is (1 - p)^all = 0.05, or about 3 over their number, the rule of three of the clinics.
pub fn none(all: u64) -> f64 {
    1.0 - 0.05_f64.powf(1.0 / all.max(1) as f64)
}

/// A number with both ends of its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// What was counted.
    pub value: f64,
    /// Where it lies.
    pub range: [f64; 2],
}

impl Known {
    /// Cells at a place: `here` of `all` parcels of `weight` cells each.
    pub fn cells(here: u64, all: u64, weight: f64) -> Self {
        let n = all as f64 * weight;
        Self {
            value: here as f64 * weight,
            range: share(here, all).map(|p| p * n),
        }
    }

    /// The sum of numbers that scatter by themselves: what the ends are off by adds in squares. Source: G. Y. Zou & A. Donner,
    /// Stat. Med. 27:1693-1702 (2008), from memory.
    pub fn sum(parts: impl Iterator<Item = Self>) -> Self {
        let (mut value, mut off) = (0.0, [0.0; 2]);
        for part in parts {
            value += part.value;
            for (sum, end) in off.iter_mut().zip(part.range) {
                *sum += (part.value - end).powi(2);
            }
        }
        let [low, high] = off.map(f64::sqrt);
        Self {
            value,
            range: [(value - low).max(0.0), value + high],
        }
    }
}

/// Where the share of `one` in both together lies; both must not be negative. The ends are those of the ratio of two numbers that
/// scatter by themselves. Source: A. Donner & G. Y. Zou, Stat. Methods Med. Res. 21:347-359 (2012), from memory.
pub fn part(one: Known, rest: Known) -> [f64; 2] {
    [lowest(one, rest), 1.0 - lowest(rest, one)]
}

/// Lower end of a/(a + b).
fn lowest(a: Known, b: Known) -> f64 {
    // of a lower end 0 <= l <= a this is zero or more
    let below = a.range[0] * (2.0 * a.value - a.range[0]);
    if below <= 0.0 {
        return 0.0;
    }
    let high = b.range[1];
    let both = a.value * b.value;
    let ratio = below
        / (both
            + (both * both - below * high * (2.0 * b.value - high))
                .max(0.0)
                .sqrt());
    if ratio.is_finite() {
        ratio / (1.0 + ratio)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: [f64; 2], b: [f64; 2], within: f64) {
        assert!(
            (a[0] - b[0]).abs() < within && (a[1] - b[1]).abs() < within,
            "{a:?} {b:?}"
        );
    }

    /// By hand, z2 = 3.8415: of none of 10 the upper end is z2/(10 + z2) = 0.2775; of 5 of 10 the middle is 1/2 and the half width
    /// 1.96 sqrt(0.025 + 3.8415/400)/1.38415 = 0.2634; of 20 of 100 the middle is 0.21110 and half the width 0.07777.
    #[test]
    fn shares_of_few_parcels() {
        near(share(0, 10), [0.0, 0.277_5], 1e-4);
        near(share(10, 10), [0.722_5, 1.0], 1e-4);
        near(share(5, 10), [0.236_6, 0.763_4], 1e-4);
        near(share(20, 100), [0.133_3, 0.288_9], 1e-4);
        assert_eq!(share(0, 0), [0.0, 1.0]);
        assert_eq!((share(0, 10)[0], share(10, 10)[1]), (0.0, 1.0));
    }

    /// By hand: 1 - 0.05^(1/1200) = 1 - exp(-2.99573/1200) = 0.0024933; of one parcel 0.95.
    #[test]
    fn none_of_many() {
        assert!((none(1200) - 0.002_493_3).abs() < 1e-7, "{}", none(1200));
        assert!((none(1) - 0.95).abs() < 1e-12 && none(0) == none(1));
    }

    /// By hand: 3 +- (1, 2) and 5 +- (2, 1) are 8 - sqrt 5, 8 + sqrt 5. 10 (9 to 11) of itself and an exact 10: the ratio lies from
    /// 9/10 to 11/10. 10 (9 to 11) and 10 (9 to 11): below = 9 * 11 = 99, ratio 99/(100 + sqrt(10000 - 99 * 11 * 9)) =
    /// 99/114.107 = 0.8676, share 0.46455.
    #[test]
    fn sums_and_parts() {
        let known = |value, range| Known { value, range };
        let sum = Known::sum([known(3.0, [2.0, 5.0]), known(5.0, [3.0, 6.0])].into_iter());
        assert_eq!(sum.value, 8.0);
        near(sum.range, [8.0 - 5f64.sqrt(), 8.0 + 5f64.sqrt()], 1e-12);
        let (some, exact) = (known(10.0, [9.0, 11.0]), known(10.0, [10.0, 10.0]));
        near(part(some, exact), [9.0 / 19.0, 11.0 / 21.0], 1e-12);
        near(part(some, some), [0.464_55, 0.535_45], 1e-5);
        // alone it is all, and of none of few parcels it may be much
        let none = known(0.0, [0.0, 0.0]);
        assert_eq!(part(exact, none), [1.0, 1.0]);
        assert_eq!(part(none, exact), [0.0, 0.0]);
        let few = Known::cells(0, 10, 1.0);
        let [low, high] = part(few, exact);
        assert!(low == 0.0 && (0.15..0.35).contains(&high), "{high}");
    }

    /// Of many binomial draws the intervals hold the truth in about 19 of 20, of the share and of the part.
    #[test]
    fn they_hold_what_is_true() {
        let (runs, n, m, p, q, weight) = (2000, 60, 90, 0.3, 0.1, 4.0);
        let truth = p * 60.0 / (p * 60.0 + weight * q * 90.0);
        let mut held = [0; 2];
        for run in 0..runs {
            let count = |stream: u64, all: u64, p: f64| {
                let hits = (0..all).filter(|i| {
                    let word = crate::rng::pcg3d([run, stream as u32, *i as u32])[0];
                    f64::from(word) < p * 4_294_967_296.0
                });
                hits.count() as u64
            };
            let (a, b) = (count(1, n, p), count(2, m, q));
            let [low, high] = share(a, n);
            held[0] += u32::from((low..=high).contains(&p));
            let [low, high] = part(Known::cells(a, n, 1.0), Known::cells(b, m, weight));
            held[1] += u32::from((low..=high).contains(&truth));
        }
        for held in held.map(|h| f64::from(h) / f64::from(runs)) {
            assert!((0.93..0.975).contains(&held), "{held}");
        }
    }
}
