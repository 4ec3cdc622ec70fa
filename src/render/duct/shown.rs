//! Which moment of a run the picture shows: the end, unless that is an empty duct.

use super::super::tube::time;
use crate::engine::{Fates, Outcome};
use crate::kernels::passage::{FREE, HELD, OUT, WAITING};
use crate::model::Parcels;

/// Below this share of the parcels that are inside while the duct is full the end shows nothing but what is held.
const EMPTY: f64 = 0.1;

/// The parcels of a moment that are in the duct.
pub(super) struct Shown<'a> {
    fates: &'a Fates,
    position: &'a [Vec<f32>; 3],
    /// Whether what has left is shown, where it left.
    left: bool,
    /// For the title, from its comma on; nothing for the end.
    pub when: String,
    /// What to say of a view without a parcel.
    pub nobody: &'static str,
}

impl<'a> Shown<'a> {
    /// Before surfaces let go, if they did; the end; or, where by then hardly any parcel is inside, the last moment at which the
    /// duct was full.
    pub fn of(run: &'a Outcome) -> Self {
        let nobody = "nothing is inside: all have left";
        if let Some(held) = &run.held {
            return Self {
                fates: &held.fates,
                position: &held.position,
                left: true,
                when: format!(", until {}", time(held.time)),
                nobody,
            };
        }
        let inside = |fates: &Fates| fates.fate.iter().filter(|f| **f == FREE).count();
        let rest = inside(&run.fates);
        match run
            .full
            .as_ref()
            .filter(|full| (rest as f64) < EMPTY * inside(&full.fates) as f64)
        {
            Some(full) => Self {
                fates: &full.fates,
                position: &full.position,
                left: false,
                when: format!(
                    ", at {} (at the end {})",
                    time(full.time),
                    match rest {
                        0 => "all parcels have left".to_owned(),
                        1 => "1 parcel is inside".to_owned(),
                        n => format!("{n} parcels are inside"),
                    }
                ),
                nobody,
            },
            None => Self {
                fates: &run.fates,
                position: &run.snapshot.position,
                // a pile at the outlet of all that has left, beside which nothing is seen
                left: rest > 0,
                when: String::new(),
                nobody,
            },
        }
    }

    /// Places of the parcels [um], with their components.
    pub fn parcels(&self, charge: &'a Parcels) -> impl Iterator<Item = (usize, [f64; 3])> + '_ {
        let [x, y, z] = self.position;
        let places = x.iter().zip(y).zip(z);
        let each = charge.kind.iter().zip(&self.fates.fate).zip(places);
        each.filter(|((_, fate), _)| **fate != WAITING && (self.left || **fate < OUT))
            .map(|((kind, _), ((x, y), z))| (*kind as usize, [*x, *y, *z].map(f64::from)))
    }

    /// Whether there is no parcel to be seen.
    pub fn empty(&self) -> bool {
        let seen = |f: &u32| *f == FREE || (HELD..OUT).contains(f);
        !self.fates.fate.iter().any(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Moment, Snapshot};

    fn fates(list: &[u32]) -> Fates {
        Fates {
            fate: list.to_vec(),
            clock: vec![[0.0; 2]; list.len()],
        }
    }

    fn places(n: usize, z: f32) -> [Vec<f32>; 3] {
        [vec![0.0; n], vec![0.0; n], vec![z; n]]
    }

    fn run(end: &[u32], full: Option<&[u32]>) -> Outcome {
        Outcome {
            fates: fates(end),
            snapshot: Snapshot {
                time: 9e6,
                position: places(end.len(), 9.0),
                kind: Vec::new(),
            },
            full: full.map(|f| Moment {
                time: 6e6,
                fates: fates(f),
                position: places(f.len(), 5.0),
            }),
            steps: 1,
            time: 9e6,
            over: true,
            ..Outcome::default()
        }
    }

    fn charge(n: usize) -> Parcels {
        Parcels {
            kind: vec![0; n],
            ..Parcels::default()
        }
    }

    /// All have left: the moment at which two were inside is shown, without what had left or not come in by then.
    #[test]
    fn an_empty_duct_is_shown_as_it_was_when_full() {
        let run = run(&[OUT, OUT, OUT, OUT], Some(&[FREE, FREE, OUT, WAITING]));
        let shown = Shown::of(&run);
        let charge = charge(4);
        let z: Vec<f64> = shown.parcels(&charge).map(|p| p.1[2]).collect();
        assert_eq!(z, [5.0, 5.0]);
        assert!(!shown.empty());
        assert_eq!(shown.when, ", at t = 6.0 s (at the end all parcels have left)");
    }

    /// A duct that is still full is shown as it is, what has left where it left.
    #[test]
    fn the_end_is_shown_while_there_is_something() {
        let run = run(&[FREE, FREE, OUT, WAITING], Some(&[FREE, FREE, FREE, WAITING]));
        let shown = Shown::of(&run);
        let charge = charge(4);
        assert_eq!(shown.parcels(&charge).count(), 3);
        assert_eq!(
            (shown.parcels(&charge).next().unwrap().1[2], shown.when.as_str()),
            (9.0, "")
        );
    }

    /// Without a moment to show, nothing but an empty view, of which it is said that it is one; what is held is something.
    #[test]
    fn nothing_at_all_is_said() {
        let gone = run(&[OUT, OUT], None);
        assert!(Shown::of(&gone).empty() && Shown::of(&gone).parcels(&charge(2)).count() == 0);
        assert!(!Shown::of(&run(&[OUT, HELD], None)).empty());
    }
}
