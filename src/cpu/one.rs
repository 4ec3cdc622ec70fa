//! Single parcels: what one is, and when those come in that wait.

use super::state::State;
use crate::Error;
use crate::engine::{Carriage, Parcel, no_parcel};
use crate::kernels::passage::WAITING;

impl State {
    /// One parcel.
    pub fn parcel(&self, i: usize) -> Result<Parcel, Error> {
        let n = self.kind.len();
        if i >= n {
            return Err(no_parcel(i, n));
        }
        let c = &self.carried;
        Ok(Parcel {
            position: [0, 1, 2].map(|k: usize| self.position[k][i]),
            mobility: self.mobility[i],
            excess: self.excess[i],
            kind: self.kind[i],
            carried: (!c.fate.is_empty()).then(|| Carriage {
                magnetic: c.magnetic[i],
                fate: c.fate[i],
                clock: c.clock[i],
            }),
        })
    }

    /// Other times for the parcels that have not come in yet.
    pub fn retime(&mut self, when: &dyn Fn(f64) -> f64) {
        let c = &mut self.carried;
        for (fate, clock) in c.fate.iter().zip(&mut c.clock) {
            if *fate == WAITING {
                clock[0] = when(f64::from(clock[0])) as f32;
            }
        }
    }
}
