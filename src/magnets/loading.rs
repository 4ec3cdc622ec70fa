//! How many beads a cell carries: a distribution, and zero is part of it.
//!
//! Beads that meet cells at random are Poisson. Cells differ in how many they can bind; with a gamma distribution of that
//! the count is negative binomial, of mean m and variance m + m2/k. Source: Greenwood & Yule, J. R. Stat. Soc. 83:255-279
//! (1920). The cells without a bead, exp(-m) or (1 + m/k)^-k, are lost to any magnet.
//!
//! Where most sites of a cell are taken the counts are narrower than Poisson: of A sites, each taken with the probability p,
//! the number is binomial, with the variance A p (1 - p), and at saturation every cell has A.

use super::fault::{MagnetError, invalid, positive};
use statrs::function::beta::beta_reg;
use statrs::function::gamma::{gamma_ur, ln_gamma};

/// Distribution of the number of beads on a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loading {
    mean: f64,
    kind: Kind,
}

/// Panjer's three: wider than Poisson, Poisson, narrower.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Gamma-distributed capacities of shape k.
    Gamma(f64),
    /// Random encounters.
    Poisson,
    /// So many sites, all alike.
    Sites(f64),
}

/// Below this spread, or share of the variance, a distribution differs from Poisson's by less than can be told.
const LEAST: f64 = 1e-6;

/// Largest spread of the capacities of cells [1].
const WIDEST: f64 = 10.0;

impl Loading {
    /// Poisson, of `mean` beads a cell.
    ///
    /// # Errors
    /// If the mean is not above zero or beyond 1e7.
    pub fn poisson(mean: f64) -> Result<Self, MagnetError> {
        if positive(mean, "the mean number of beads on a cell")? > 1e7 {
            return invalid(format!("{mean} beads on a cell"));
        }
        Ok(Self {
            mean,
            kind: Kind::Poisson,
        })
    }

    /// Negative binomial: cells whose capacities have the coefficient of variation `spread` [1]; k = 1/spread2. A spread of
    /// zero is [`Loading::poisson`].
    ///
    /// # Errors
    /// As [`Loading::poisson`]; if the spread is negative or too large.
    pub fn overdispersed(mean: f64, spread: f64) -> Result<Self, MagnetError> {
        let poisson = Self::poisson(mean)?;
        if !(0.0..=WIDEST).contains(&spread) {
            return invalid(format!(
                "a spread of {spread} of the beads on a cell; it lies between 0 and {WIDEST}"
            ));
        }
        if spread <= LEAST {
            return Ok(poisson);
        }
        Ok(Self {
            kind: Kind::Gamma(spread.powi(-2)),
            ..poisson
        })
    }

    /// Cells of `capacity` sites in the mean, of which the share `taken` (0..1) has a bead; capacities have the coefficient of
    /// variation `spread` [1]. With m = capacity x taken the variance is m (1 - taken) + (m spread)2: that of the sites of one
    /// cell and that of the mean from cell to cell (derived here, by the law of total variance). The distribution is the one of
    /// Panjer's with this mean and variance: binomial where it is below m (its sites rounded to a whole number, no fewer than
    /// m), negative binomial where it is above.
    ///
    /// # Errors
    /// As [`Loading::overdispersed`]; if the capacity is not above zero or the share not within 0 and 1.
    pub fn on_sites(capacity: f64, taken: f64, spread: f64) -> Result<Self, MagnetError> {
        positive(capacity, "the binding capacity of a cell")?;
        if !(taken > 0.0 && taken <= 1.0) {
            return invalid(format!(
                "a share of {taken} of the sites is taken; it is above 0 and at most 1"
            ));
        }
        let mean = capacity * taken;
        let all = Self::overdispersed(mean, spread)?;
        let narrower = taken - mean * spread * spread;
        let kind = if narrower > LEAST {
            // n sites have the variance m (1 - m/n)
            Kind::Sites((mean / narrower).round().max(mean.ceil()))
        } else if narrower < -LEAST {
            Kind::Gamma(-mean / narrower)
        } else {
            Kind::Poisson
        };
        Ok(Self { kind, ..all })
    }

    /// Mean number.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Variance of the number.
    pub fn variance(&self) -> f64 {
        match self.kind {
            Kind::Gamma(k) => self.mean + self.mean * self.mean / k,
            Kind::Poisson => self.mean,
            Kind::Sites(n) => self.mean * (1.0 - self.mean / n),
        }
    }

    /// Share of cells with exactly `n` beads.
    pub fn share(&self, n: u32) -> f64 {
        let x = f64::from(n);
        let ln = match self.kind {
            Kind::Poisson => x * self.mean.ln() - self.mean - ln_gamma(x + 1.0),
            Kind::Sites(sites) if x > sites => return 0.0,
            // every cell has all of them
            Kind::Sites(sites) if self.mean >= sites => return if x == sites { 1.0 } else { 0.0 },
            Kind::Sites(sites) => {
                let ways = ln_gamma(sites + 1.0) - ln_gamma(x + 1.0) - ln_gamma(sites - x + 1.0);
                let p = self.mean / sites;
                ways + x * p.ln() + (sites - x) * (-p).ln_1p()
            }
            Kind::Gamma(k) => {
                let all = ln_gamma(x + k) - ln_gamma(k) - ln_gamma(x + 1.0);
                all - k * (self.mean / k).ln_1p() - x * (k / self.mean).ln_1p()
            }
        };
        ln.exp()
    }

    /// Share of cells with at most `n` beads.
    pub fn at_most(&self, n: u32) -> f64 {
        let x = f64::from(n) + 1.0;
        match self.kind {
            Kind::Poisson => gamma_ur(x, self.mean),
            Kind::Sites(sites) if x > sites => 1.0,
            Kind::Sites(sites) => beta_reg(sites - x + 1.0, x, (1.0 - self.mean / sites).max(0.0)),
            Kind::Gamma(k) => beta_reg(k, x, k / (k + self.mean)),
        }
    }

    /// Share of cells without a bead.
    pub fn without(&self) -> f64 {
        self.share(0)
    }

    /// Number of beads of the cell of `rank` (0..1) when cells are ordered by it: a uniform rank draws from the distribution,
    /// an even sequence of ranks covers it evenly.
    pub fn draw(&self, rank: f64) -> u32 {
        if rank.is_nan() || rank <= self.at_most(0) {
            return 0;
        }
        let (mut low, mut high) = (0, 1);
        while self.at_most(high) < rank && high < 1 << 30 {
            (low, high) = (high, 2 * high);
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.at_most(middle) < rank {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: Poisson of mean 2: e^-2 = 0.1353, 0.2707, 0.2707. Negative binomial of mean 2, spread 1 (k = 1) is
    /// geometric: 1/3, 2/9, 4/27.
    #[test]
    fn shares_by_hand() {
        let p = Loading::poisson(2.0).unwrap();
        for (n, share) in [(0, 0.135_335), (1, 0.270_671), (2, 0.270_671)] {
            assert!((p.share(n) - share).abs() < 1e-6);
        }
        let g = Loading::overdispersed(2.0, 1.0).unwrap();
        for (n, share) in [(0, 1.0 / 3.0), (1, 2.0 / 9.0), (2, 4.0 / 27.0)] {
            assert!((g.share(n) - share).abs() < 1e-12);
        }
        assert!((g.at_most(1) - 5.0 / 9.0).abs() < 1e-12);
        assert_eq!(g.variance(), 6.0);
        assert_eq!(g.without(), g.share(0));
    }

    /// Even ranks give back mean, variance and zeros; the cumulative is the sum of the shares.
    #[test]
    fn draws_follow_the_distribution() {
        for l in [
            Loading::poisson(0.3).unwrap(),
            Loading::overdispersed(5.0, 0.8).unwrap(),
            Loading::overdispersed(3000.0, 0.4).unwrap(),
            Loading::on_sites(20.0, 0.3, 0.0).unwrap(),
            Loading::on_sites(5000.0, 0.97, 0.003).unwrap(),
        ] {
            let n = 20_000;
            let drawn: Vec<f64> = (0..n)
                .map(|i| l.draw((f64::from(i) + 0.5) / f64::from(n)).into())
                .collect();
            let mean = drawn.iter().sum::<f64>() / f64::from(n);
            let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n);
            assert!((mean / l.mean() - 1.0).abs() < 2e-3, "{l:?} {mean}");
            assert!((variance / l.variance() - 1.0).abs() < 2e-2, "{l:?} {variance}");
            let zeros = drawn.iter().filter(|x| **x == 0.0).count() as f64 / f64::from(n);
            assert!((zeros - l.without()).abs() < 1e-4);
            let sum: f64 = (0..=7).map(|n| l.share(n)).sum();
            assert!((sum - l.at_most(7)).abs() < 1e-9);
        }
        assert_eq!(Loading::poisson(1.0).unwrap().draw(f64::NAN), 0);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(Loading::poisson(0.0).is_err() && Loading::poisson(1e8).is_err());
        assert!(Loading::overdispersed(1.0, -0.1).is_err());
        let none = Loading::overdispersed(1.0, 0.0).unwrap();
        assert_eq!(none, Loading::poisson(1.0).unwrap());
    }

    /// By hand: 4 sites, half of them taken: 1/16, 1/4, 3/8, 1/4, 1/16 and a variance of 1; saturated every cell has 4; of few
    /// of many sites Poisson is left. With capacities that differ by half, the variance is 1 + (2/2)2 = 2, Poisson's; with more
    /// it is negative binomial.
    #[test]
    fn narrower_near_saturation() {
        let half = Loading::on_sites(4.0, 0.5, 0.0).unwrap();
        for (n, share) in [(0, 1.0 / 16.0), (1, 0.25), (2, 0.375), (4, 1.0 / 16.0), (5, 0.0)] {
            assert!((half.share(n) - share).abs() < 1e-12, "{n}");
        }
        assert!((half.at_most(1) - 5.0 / 16.0).abs() < 1e-12 && half.at_most(4) == 1.0);
        assert!((half.variance() - 1.0).abs() < 1e-12 && half.mean() == 2.0);
        let full = Loading::on_sites(4.0, 1.0, 0.0).unwrap();
        assert_eq!((full.draw(0.001), full.draw(0.999), full.variance()), (4, 4, 0.0));
        assert_eq!((full.share(4), full.without(), full.at_most(3)), (1.0, 0.0, 0.0));
        let few = Loading::on_sites(1e6, 2e-6, 0.0).unwrap();
        assert!((few.share(1) - Loading::poisson(2.0).unwrap().share(1)).abs() < 1e-5);
        let differing = |spread| Loading::on_sites(4.0, 0.5, spread).unwrap();
        assert_eq!(differing(0.5), Loading::poisson(2.0).unwrap());
        assert!((differing(1.0).variance() - 5.0).abs() < 1e-12);
        assert!(Loading::on_sites(4.0, 1.1, 0.0).is_err() && Loading::on_sites(0.0, 0.5, 0.0).is_err());
    }
}
