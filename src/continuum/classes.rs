//! Cells of a species in classes of equal volume, sorted by how fast a lone cell settles.

use crate::model::{CellClass, Component, Fluid, PopulationError, check_component, draw_cell};
use crate::rng;
use std::f64::consts::FRAC_PI_6;

/// Cells that are drawn of a species to find its classes.
const DRAWN: u64 = 1 << 14;

/// One class of cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Component that it belongs to.
    pub component: usize,
    /// d^2/(18 f) times the aggregation factor [um2].
    pub mobility: f64,
    /// Density less that of the fluid [g/mL].
    pub excess: f64,
    /// Volume of the cells of the class over that of the component.
    pub share: f64,
}

impl Class {
    /// Classes into which a species is cut where nothing else is said: two of red cells and of each leukocyte, eight of platelets, whose speeds
    /// differ most from cell to cell.
    ///
    /// Measured in columns of blood: with more classes the surface of the red cells moves by less than 0.01 mm, and recoveries by less than 0.3
    /// points.
    pub fn usual(c: &Component) -> usize {
        match c.species.class {
            CellClass::Platelet => 8,
            _ => 2,
        }
    }
}

/// The classes of these components in a fluid, `count` of each component's cells.
///
/// A class has the mean mobility of its cells by volume, and the density at which its flux in a dilute suspension is the mean of theirs. So
/// volume and dilute flux of a component do not depend on the number of classes.
///
/// # Errors
/// [`PopulationError`] for cells that cannot be.
pub fn classes(
    components: &[Component],
    fluid: &Fluid,
    count: impl Fn(&Component) -> usize,
) -> Result<Vec<Class>, PopulationError> {
    let mut out = Vec::new();
    for (k, c) in components.iter().enumerate() {
        check_component(c)?;
        let spread = c.species.diameter_sd > 0.0 || c.species.density_sd > 0.0;
        let (n, drawn) = match spread {
            true => (count(c).max(1), DRAWN),
            false => (1, 1),
        };
        // volume, mobility, excess density
        let mut cells: Vec<[f64; 3]> = (0..drawn)
            .map(|i| {
                let [u, v, ..] = rng::roberts4(i, [0.5; 4]);
                let (u, v) = if spread { (u, v) } else { (0.5, 0.5) };
                let (d, density) = draw_cell(&c.species, u, v);
                let mobility = d * d / (18.0 * c.species.drag_factor) * c.aggregation;
                [FRAC_PI_6 * d * d * d, mobility, density - fluid.density]
            })
            .collect();
        cells.sort_by(|a, b| (a[1] * a[2]).total_cmp(&(b[1] * b[2])));
        let whole: f64 = cells.iter().map(|c| c[0]).sum();
        let (mut begin, mut before) = (0, 0.0);
        for class in 1..=n {
            let (mut end, mut sum) = (begin, before);
            // the last class takes the rest, whatever was rounded
            while end < cells.len() && (class == n || sum < whole * class as f64 / n as f64) {
                sum += cells[end][0];
                end += 1;
            }
            let of = |f: fn(&[f64; 3]) -> f64| cells[begin..end].iter().map(f).sum::<f64>();
            let (volume, m, me) = (of(|c| c[0]), of(|c| c[0] * c[1]), of(|c| c[0] * c[1] * c[2]));
            if volume > 0.0 {
                out.push(Class {
                    component: k,
                    mobility: m / volume,
                    excess: me / m,
                    share: volume / whole,
                });
            }
            (begin, before) = (end, sum);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library;
    use crate::model::Amount;

    fn plasma() -> Fluid {
        Fluid {
            density: 1.026,
            viscosity: 1.24,
        }
    }

    /// Volume and dilute flux do not depend on the number of classes, and classes are in order of their speed.
    #[test]
    fn moments_are_kept() {
        for name in ["erythrocyte", "platelet", "lymphocyte"] {
            let species = library::species(name, Some("plasma")).unwrap();
            let c = [Component::new(species, Amount::Concentration(1e-6), 1)];
            let of = |n: usize| classes(&c, &plasma(), |_| n).unwrap();
            let sum = |all: &[Class], f: fn(&Class) -> f64| all.iter().map(|x| x.share * f(x)).sum::<f64>();
            let (one, many) = (of(1), of(8));
            assert_eq!((one.len(), many.len()), (1, 8), "{name}");
            assert!((sum(&many, |_| 1.0) - 1.0).abs() < 1e-12);
            for f in [|x: &Class| x.mobility, |x: &Class| x.mobility * x.excess] {
                assert!((sum(&one, f) / sum(&many, f) - 1.0).abs() < 1e-9, "{name}");
            }
            let speeds: Vec<f64> = many.iter().map(|x| x.mobility * x.excess).collect();
            assert!(speeds.is_sorted(), "{name}: {speeds:?}");
        }
    }
}
