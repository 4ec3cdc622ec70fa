//! How much memory there is, and what a population takes of it: it is refused before it is made.

use crate::Error;
use crate::units::digits;
use sysinfo::System;

/// Bytes a parcel takes on the host in a run on the CPU: as drawn (52), in the back-end (52), and at the end its
/// place as the back-end gives it (24) and as a snapshot (16). Drawing (52 + 32) takes less.
pub const CPU_BYTES_PER_PARCEL: u64 = 52 + 52 + 24 + 16;

/// Bytes a parcel takes on the host in a run on a GPU: as [`CPU_BYTES_PER_PARCEL`], without the back-end's.
pub const HOST_BYTES_PER_PARCEL: u64 = 52 + 24 + 16;

/// Bytes a parcel takes on a device: position 24, moments 16, mobility 4, excess density 4, kind 4.
pub const DEVICE_BYTES_PER_PARCEL: u64 = 24 + 16 + 4 + 4 + 4;

/// Share of the available memory that a run may take: the rest is for the pictures, tables and other programs.
const USABLE: f64 = 0.9;

/// Memory that can be had without swapping [bytes], also within the limit of a container; none where the system
/// does not say.
pub fn available() -> Option<u64> {
    let (free, _) = now()?;
    (free > 0).then_some(free)
}

/// All memory of the machine [bytes], or what its container may have; none where the system does not say.
pub fn total() -> Option<u64> {
    let (_, total) = now()?;
    (total > 0).then_some(total)
}

/// Available and total memory.
fn now() -> Option<(u64, u64)> {
    let mut system = System::new().ok()?;
    system.refresh_memory();
    let (free, total) = (system.available_memory(), system.total_memory());
    Some(match system.cgroup_limits() {
        Some(limits) if limits.total_memory > 0 => {
            (free.min(limits.free_memory), total.min(limits.total_memory))
        }
        _ => (free, total),
    })
}

/// Bytes for people: "22.4 GiB".
pub fn show(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{} {}", digits(value, 3), UNITS[unit])
}

/// The largest population that fits.
pub fn most(bytes_per_parcel: u64, available: u64) -> u64 {
    (available as f64 * USABLE) as u64 / bytes_per_parcel.max(1)
}

/// Refuses a population that does not fit; without knowledge of the memory (`available` = none) none is refused.
///
/// # Errors
/// [`Error::Device`] with the forecast and the largest population that would fit.
pub fn check(parcels: u64, bytes_per_parcel: u64, available: Option<u64>) -> Result<(), Error> {
    let Some(available) = available else { return Ok(()) };
    let fits = most(bytes_per_parcel, available);
    if parcels <= fits {
        return Ok(());
    }
    Err(Error::Device(format!(
        "{parcels} parcels need {} of memory ({bytes_per_parcel} bytes each) and {} are free; at most {fits} parcels \
         fit",
        show(parcels.saturating_mul(bytes_per_parcel)),
        show(available),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn refuses_what_does_not_fit_and_says_what_would() {
        // 0.9 * 1 GiB / 144 bytes = 6 710 886.4
        let fits = most(144, GIB);
        assert_eq!(fits, 6_710_886);
        assert!(check(fits, 144, Some(GIB)).is_ok());
        let refused = check(fits + 1, 144, Some(GIB));
        assert!(matches!(&refused, Err(Error::Device(text)) if text.contains("at most 6710886 parcels")));
        assert!(matches!(check(u64::MAX, 144, Some(GIB)), Err(Error::Device(_))));
        assert!(check(u64::MAX, 144, None).is_ok());
    }

    #[test]
    fn bytes_in_words() {
        assert_eq!(show(0), "0 KiB");
        assert_eq!(show(144 * 500_000), "68.7 MiB");
        assert_eq!(show(GIB * 1500), "1.46 TiB");
    }

    #[test]
    fn this_machine_has_memory() {
        assert!(available().is_none_or(|free| free > 1 << 20));
        assert!(total() >= available());
    }
}
