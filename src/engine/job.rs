//! What a back-end is given: the parcels of a closed vessel, or those of a separator with its field.

use super::charge::Charge;
use super::separator::Separator;
use super::setup::Setup;
use crate::magnets::Table;
use crate::model::Parcels;

/// What a back-end is given.
#[derive(Clone, Copy, Debug)]
pub enum Job<'a> {
    /// A closed vessel in a rotor or on the bench.
    Vessel {
        /// What it is.
        setup: &'a Setup,
        /// Its parcels.
        parcels: &'a Parcels,
    },
    /// A vessel through which a flow carries cells or in which a magnet pulls them.
    Separator {
        /// What it is.
        separator: &'a Separator,
        /// Its parcels.
        charge: &'a Charge,
        /// Its field; none without magnets.
        table: Option<&'a Table>,
    },
}
