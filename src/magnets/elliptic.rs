//! Complete elliptic integrals, as the cylinder needs them: without cancellation on its axis.
//!
//! Delta2 = 1 - m sin2, integrals over 0..pi/2. Sources: Bulirsch, Numer. Math. 13:305-315 (1969) for `cel`;
//! Abramowitz & Stegun (1964) 17.6 for the arithmetic-geometric mean.

use std::f64::consts::{FRAC_PI_2, PI};

/// The integrals of one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Complete {
    /// K, of 1/Delta.
    pub k: f64,
    /// E, of Delta.
    pub e: f64,
    /// S, of sin2 cos2 / Delta3: (2 D - K)/m with D = (K - E)/m.
    pub s: f64,
    /// T = 3 S + 2 m dS/dm.
    pub t: f64,
}

/// For m in [0, 1) and `complement` = 1 - m, which the caller knows without cancellation.
pub(super) fn complete(m: f64, complement: f64) -> Complete {
    let kc = complement.sqrt();
    // c_1 of the mean and c_1/m
    let (mut a, mut b) = (0.5 * (1.0 + kc), kc.sqrt());
    let (mut c, mut over) = (0.5 * m / (1.0 + kc), 0.5 / (1.0 + kc));
    let (mut sum, mut two) = (0.5, 1.0);
    // quadratic: six rounds are enough for any argument that is not zero
    for _ in 0..40 {
        sum += two * c * over;
        if c <= 1e-17 * a {
            break;
        }
        let next = 0.5 * (a + b);
        over *= c / (4.0 * next);
        c *= c / (4.0 * next);
        b = (a * b).sqrt();
        a = next;
        two *= 2.0;
    }
    let k = FRAC_PI_2 / a;
    let d = k * sum;
    let bb = k - d;
    let (s, t) = if m < 0.2 {
        series(m)
    } else {
        ((d - bb) / m, (bb / complement - d) / m)
    };
    Complete {
        k,
        e: k - m * d,
        s,
        t,
    }
}

/// S and T for small m, from the binomial series of 1/Delta3.
fn series(m: f64) -> (f64, f64) {
    // c_n = (3/2)_n/n! W_{n+1}/(2n + 4), W_n the integral of sin^(2n)
    let (mut binomial, mut wallis, mut power) = (1.0, 0.25 * PI, 1.0);
    let (mut s, mut t) = (0.0, 0.0);
    for i in 0..40 {
        let n = f64::from(i);
        let term = binomial * wallis / (2.0 * n + 4.0) * power;
        s += term;
        t += (3.0 + 2.0 * n) * term;
        if term < 1e-18 {
            break;
        }
        binomial *= (1.5 + n) / (1.0 + n);
        wallis *= (2.0 * n + 3.0) / (2.0 * n + 4.0);
        power *= m;
    }
    (s, t)
}

/// Bulirsch's integral of (c cos2 + s sin2)/((cos2 + p sin2) sqrt(cos2 + kc2 sin2)) for kc > 0, p > 0.
pub(super) fn cel(kc: f64, p: f64, c: f64, s: f64) -> f64 {
    let root = p.sqrt();
    let (mut k, mut em, mut pp) = (kc.abs(), 1.0, root);
    let (mut cc, mut ss) = (c + s / root / root, s / root);
    let mut g = k / pp;
    ss = 2.0 * (ss + c * g);
    pp += g;
    g = em;
    em += k;
    let mut kk = k;
    for _ in 0..60 {
        if (g - k).abs() <= g * 1e-8 {
            break;
        }
        k = 2.0 * kk.sqrt();
        kk = k * em;
        let f = cc;
        cc += ss / pp;
        g = kk / pp;
        ss = 2.0 * (ss + f * g);
        pp += g;
        g = em;
        em += k;
    }
    FRAC_PI_2 * (ss + cc * em) / (em * (em + pp))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the midpoint rule, which converges geometrically for periodic integrands.
    fn quadrature(f: impl Fn(f64, f64) -> f64) -> f64 {
        let n = 4000;
        (0..n)
            .map(|i| {
                let (sin, cos) = (FRAC_PI_2 * (f64::from(i) + 0.5) / f64::from(n)).sin_cos();
                f(sin * sin, cos * cos)
            })
            .sum::<f64>()
            * FRAC_PI_2
            / f64::from(n)
    }

    /// K(1/2) = 1.854074677301372, E(1/2) = 1.350643881047675: Abramowitz & Stegun (1964), tables 17.1 and 17.2.
    #[test]
    fn tabulated_values() {
        let c = complete(0.5, 0.5);
        assert!((c.k - 1.854_074_677_301_372).abs() < 1e-15);
        assert!((c.e - 1.350_643_881_047_675).abs() < 1e-15);
        let zero = complete(0.0, 1.0);
        assert!((zero.k - FRAC_PI_2).abs() < 1e-16 && (zero.s - PI / 16.0).abs() < 1e-16);
    }

    #[test]
    fn against_quadrature() {
        for m in [1e-9, 0.01, 0.199, 0.201, 0.5, 0.9, 0.999] {
            let c = complete(m, 1.0 - m);
            let s = quadrature(|s, c| s * c / (1.0 - m * s).powf(1.5));
            let slope = quadrature(|s, c| 1.5 * s * s * c / (1.0 - m * s).powf(2.5));
            assert!((c.s / s - 1.0).abs() < 1e-13, "{m}: {} {s}", c.s);
            assert!((c.t / (3.0 * s + 2.0 * m * slope) - 1.0).abs() < 1e-12, "{m}");
            let k = quadrature(|s, _| 1.0 / (1.0 - m * s).sqrt());
            assert!((c.k / k - 1.0).abs() < 1e-13, "{m}");
        }
        for (kc, gamma) in [(0.3, 0.4), (0.9, -0.2), (0.05, 0.9), (0.5, -1.0)] {
            let p = gamma * gamma;
            let expected = quadrature(|s, c| (c + gamma * s) / ((c + p * s) * (c + kc * kc * s).sqrt()));
            assert!((cel(kc, p, 1.0, gamma) - expected).abs() < 1e-12, "{kc} {gamma}");
        }
    }
}
