//! Curves as points `(x, y)` with rising x: values, passages, straight lines and parabolas through them.

/// y at `x`, linear between points; not a number outside them.
pub(super) fn at(points: &[(f64, f64)], x: f64) -> f64 {
    points
        .windows(2)
        .find(|w| (w[0].0..=w[1].0).contains(&x))
        .map_or(f64::NAN, |w| {
            w[0].1 + (w[1].1 - w[0].1) * (x - w[0].0) / (w[1].0 - w[0].0)
        })
}

/// The first x at which the curve passes `y`, linear between points; not a number if it never does.
pub(super) fn when(points: &[(f64, f64)], y: f64) -> f64 {
    points
        .windows(2)
        .find(|w| (w[0].1 - y) * (w[1].1 - y) <= 0.0 && w[0].1 != w[1].1)
        .map_or(f64::NAN, |w| {
            w[0].0 + (w[1].0 - w[0].0) * (y - w[0].1) / (w[1].1 - w[0].1)
        })
}

/// The parabola `c[0] + c[1] x + c[2] x^2` through `points` by least squares; a straight line if `degree` is 1.
pub(super) fn fit(points: &[(f64, f64)], degree: usize) -> [f64; 3] {
    let n = degree.min(2) + 1;
    // about the middle of the points, scaled, so that the equations are well conditioned
    let (first, last) = match points {
        [a, .., b] => (a.0, b.0),
        _ => return [f64::NAN; 3],
    };
    let (middle, scale) = (0.5 * (first + last), 0.5 * (last - first));
    let mut a = [[0.0; 4]; 3];
    for (x, y) in points {
        let u = (x - middle) / scale;
        let powers = [1.0, u, u * u];
        for i in 0..n {
            for j in 0..n {
                a[i][j] += powers[i] * powers[j];
            }
            a[i][3] += powers[i] * y;
        }
    }
    for i in 0..n {
        let pivot = a[i];
        for (_, row) in a.iter_mut().enumerate().take(n).filter(|(k, _)| *k != i) {
            let f = row[i] / pivot[i];
            row.iter_mut().zip(pivot).for_each(|(x, p)| *x -= f * p);
        }
    }
    let mut b = [0.0; 3];
    for i in 0..n {
        b[i] = a[i][3] / a[i][i];
    }
    let (c1, c2) = (b[1] / scale, b[2] / (scale * scale));
    [
        b[0] - c1 * middle + c2 * middle * middle,
        c1 - 2.0 * c2 * middle,
        c2,
    ]
}

/// y of a fit.
pub(super) fn value(c: [f64; 3], x: f64) -> f64 {
    c[0] + x * (c[1] + x * c[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parabolas_are_found_exactly() {
        let p: Vec<(f64, f64)> = (0..7)
            .map(|i| f64::from(i) * 0.3 + 100.0)
            .map(|x| (x, 2.0 - 3.0 * x + 0.5 * x * x))
            .collect();
        let c = fit(&p, 2);
        assert!((c[1] + 3.0).abs() < 1e-9 && (c[2] - 0.5).abs() < 1e-11, "{c:?}");
        assert!((value(c, 101.0) - (2.0 - 303.0 + 5100.5)).abs() < 1e-8);
        assert!((at(&p, 100.3) - (2.0 - 300.9 + 0.5 * 100.3 * 100.3)).abs() < 1e-9);
        assert!(at(&p, 99.0).is_nan() && when(&p, 0.0).is_nan());
        let line = fit(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)], 1);
        assert!((line[0] - 1.0).abs() < 1e-12 && (line[1] - 2.0).abs() < 1e-12 && line[2] == 0.0);
        assert!((when(&[(0.0, 1.0), (2.0, -3.0)], 0.0) - 0.5).abs() < 1e-12);
    }
}
