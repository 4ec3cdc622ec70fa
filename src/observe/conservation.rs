//! No parcel is lost or made: counts per species agree to the last one.

use crate::Error;
use crate::engine::Profile;

/// Compares the parcels of every component in two profiles of one run. `names` are those of the components, for
/// the message.
///
/// # Errors
/// [`Error::Numerics`], naming every species whose parcels differ, both counts and both times.
pub fn conserved(before: &Profile, after: &Profile, names: &[&str]) -> Result<(), Error> {
    if before.parcels.len() != after.parcels.len() {
        return Err(Error::Numerics(format!(
            "the profile at {} has {} components, that at {} has {}",
            seconds(before),
            before.parcels.len(),
            seconds(after),
            after.parcels.len()
        )));
    }
    let count = |p: &Profile, k: usize| p.parcels[k].iter().sum::<u64>();
    let wrong: Vec<String> = (0..before.parcels.len())
        .map(|k| (k, count(before, k), count(after, k)))
        .filter(|(_, a, b)| a != b)
        .map(|(k, a, b)| {
            let name = names.get(k).copied().unwrap_or("unnamed species");
            format!("{name}: {a} at {}, {b} at {}", seconds(before), seconds(after))
        })
        .collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Error::Numerics(format!(
            "parcels are not conserved ({}); the run cannot be trusted from there on",
            wrong.join("; ")
        )))
    }
}

fn seconds(p: &Profile) -> String {
    format!("{} s", p.time / crate::constants::SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::synthetic::Sample;

    #[test]
    fn one_lost_parcel_is_named() {
        let a = Sample::new(1e4, 10, &[100.0, 50.0])
            .slab(0, 0.0, 1e4, 0.2)
            .slab(1, 0.0, 1e4, 0.1)
            .profile();
        let mut b = a.clone();
        b.time = 2e6;
        b.parcels[0].swap(1, 2);
        assert!(conserved(&a, &b, &["red", "white"]).is_ok());
        b.parcels[1][3] -= 1;
        let message = conserved(&a, &b, &["red", "white"]).map_or_else(|e| e.to_string(), |()| String::new());
        let n: u64 = a.parcels[1].iter().sum();
        assert!(
            message.contains(&format!("white: {n} at 0 s, {} at 2 s", n - 1)),
            "{message}"
        );
        assert!(!message.contains("red:"));
    }
}
