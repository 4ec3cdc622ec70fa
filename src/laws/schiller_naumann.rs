//! Drag at a finite Reynolds number.
//!
//! Source: Schiller & Naumann, Z. Ver. Dtsch. Ing. 77:318 (1933): the drag of a sphere is Stokes' times
//! 1 + 0.15 Re^0.687 below Re = 800. For blood cells in a centrifuge Re stays below 1e-1 and the law is off.

/// What is left of a velocity whose Reynolds number under Stokes' law is `re`: the root f of
/// f (1 + 0.15 (f re)^0.687) = 1.
#[inline(always)]
pub fn schiller_naumann(re: f64) -> f64 {
    let k = 0.15 * re.max(1e-12).powf(0.687);
    let mut f: f64 = 1.0;
    for _ in 0..12 {
        let p = k * f.powf(0.687);
        f = (f - (f * (1.0 + p) - 1.0) / (1.0 + 1.687 * p)).max(1e-6);
    }
    f
}

#[cfg(test)]
mod tests {
    /// By hand: with a final Reynolds number of 1 the factor is 1/1.15, so the Stokes one was 1.15.
    #[test]
    fn reynolds_one() {
        assert!((super::schiller_naumann(1.15) - 1.0 / 1.15).abs() < 1e-12);
        assert!((super::schiller_naumann(0.0) - 1.0).abs() < 1e-8);
        let f = super::schiller_naumann(500.0);
        assert!((f * (1.0 + 0.15 * (f * 500.0_f64).powf(0.687)) - 1.0).abs() < 1e-12);
    }
}
