//! The field of magnets at many points, on the threads of this back-end.

use crate::Error;
use crate::kernels::field::{Magnet, add, outputs};
use crate::kernels::{Fixture, Measured};
use crate::magnets::{Field, FieldPoint, MagnetError};
use glam::DVec3;
use rayon::prelude::*;

/// B and its gradient at every one of `points` [um], on `threads` threads; 0 is one a logical processor. Each point has its own
/// answer: [`MagnetError::Inside`] in a magnet, [`MagnetError::Beyond`] where a source is not known.
///
/// # Errors
/// [`Error::Device`] if the threads cannot be started.
pub fn field(
    threads: usize,
    field: &Field,
    points: &[DVec3],
) -> Result<Vec<Result<FieldPoint, MagnetError>>, Error> {
    Ok(super::pool(threads)?.install(|| all(field, points)))
}

/// The loop, on the threads at hand.
fn all(field: &Field, points: &[DVec3]) -> Vec<Result<FieldPoint, MagnetError>> {
    points.par_iter().map(|q| field.at(*q)).collect()
}

/// The loop on a fixture of the kernel, magnet by magnet as there.
pub(super) fn fixture(f: &Fixture) -> Result<Vec<(&'static str, Measured)>, Error> {
    let (mut rows, mut within) = outputs(f);
    let places = f.positions("places");
    for (k, magnet) in Magnet::all(f).iter().enumerate() {
        let field = Field::new(vec![magnet.source()?])?;
        let points: Vec<DVec3> = (0..f.items).map(|i| magnet.seen(&places, i)).collect();
        for (i, (q, p)) in points.iter().zip(all(&field, &points)).enumerate() {
            match p {
                _ if within[i] != 0 => {}
                Ok(p) if field.clearance(*q) > magnet.near => add(&mut rows[i], &p, magnet.per_um),
                _ => within[i] = f.page.first + k as u32 + 1,
            }
        }
    }
    let bits = |columns: std::ops::Range<usize>| {
        let values = rows
            .iter()
            .flat_map(|r| r[columns.clone()].iter().map(|x| (*x as f32).to_bits()));
        Measured(values.collect())
    };
    Ok(vec![
        ("flux", bits(0..3)),
        ("gradient", bits(3..8)),
        ("within", Measured(within)),
    ])
}
