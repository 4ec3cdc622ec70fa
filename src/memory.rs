//! How much memory there is, and what a run takes of it: it is refused before it is made.

use crate::Error;
use crate::units::digits;
use sysinfo::System;

/// Bytes of a parcel as drawn: three positions of 8, moments of 16, mobility, excess density and kind of 4.
pub const DRAWN_BYTES_PER_PARCEL: u64 = 24 + 16 + 4 + 4 + 4;

/// Bytes of a parcel in a back-end, which holds the same columns.
pub const DEVICE_BYTES_PER_PARCEL: u64 = DRAWN_BYTES_PER_PARCEL;

/// Bytes of a parcel at the end of a run on the CPU: its place as the back-end gives it, and one coordinate of it as a snapshot. The back-end's
/// coordinates go one by one, as those of the snapshot come (measured: 131 bytes in all).
pub const END_BYTES_PER_PARCEL: u64 = 24 + 4;

/// The same on a GPU, with the coordinate that is being read back twice besides.
const READ_BACK_BYTES_PER_PARCEL: u64 = 24 + 8 + 8;

/// Bytes that drawing a parcel takes beside the parcel, until its moments are integers.
pub const DRAFT_BYTES_PER_PARCEL: u64 = 32;

/// Bytes that a parcel takes beside its columns on a graphics driver that is a program on the CPU: uploads and read-backs are
/// staged in the same memory (measured: 177 bytes in all).
pub const STAGING_BYTES_PER_PARCEL: u64 = 48;

/// Bytes that a run takes whatever its size: pictures, tables, the stacks and arenas of threads.
pub const RUN_BYTES: u64 = 24 << 20;

/// Bytes that a graphics driver which is a program on the CPU takes for itself (measured: about 100 MiB).
pub const SOFTWARE_DRIVER_BYTES: u64 = 100 << 20;

/// Bytes a parcel takes on the host in a run on the CPU.
pub const CPU_BYTES_PER_PARCEL: u64 = DRAWN_BYTES_PER_PARCEL + DEVICE_BYTES_PER_PARCEL + END_BYTES_PER_PARCEL;

/// Bytes a parcel takes on the host in a run on a hardware GPU.
pub const HOST_BYTES_PER_PARCEL: u64 = DRAWN_BYTES_PER_PARCEL + READ_BACK_BYTES_PER_PARCEL;

/// Share of the available memory that a run may take: the rest is for the pictures, tables and other programs.
const USABLE: f64 = 0.9;

/// Memory that a run needs on the host beside the columns of its parcels, where they live there [bytes].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host {
    /// For each parcel when the run ends: what comes back of it.
    pub end: u64,
    /// Whatever the number of parcels.
    pub fixed: u64,
    /// For each thread.
    pub thread: u64,
}

/// What a run takes: so much a parcel, and so much besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Parcels.
    pub parcels: u64,
    /// Bytes for each.
    pub per_parcel: u64,
    /// Bytes for what does not depend on their number: grid cells, bins, staging.
    pub fixed: u64,
    /// Bytes for each that are taken already, and not counted in the others.
    pub held: u64,
}

impl Need {
    /// All bytes.
    pub fn bytes(&self) -> u64 {
        self.parcels
            .saturating_mul(self.per_parcel)
            .saturating_add(self.fixed)
    }

    /// Refuses what does not fit into `available` bytes; without knowledge of the memory (none) nothing is refused.
    ///
    /// # Errors
    /// [`Error::Device`] with the forecast and the largest population that would fit.
    pub fn check(&self, available: Option<u64>) -> Result<(), Error> {
        let Some(available) = available else { return Ok(()) };
        let held = self.parcels.saturating_mul(self.held);
        let fits = most(
            self.per_parcel + self.held,
            available.saturating_add(held),
            self.fixed,
        );
        if self.bytes() <= usable(available) {
            return Ok(());
        }
        let advice = if fits > 0 {
            format!("at most {fits} parcels fit")
        } else {
            format!(
                "all but the parcels takes {}, which leaves no room for them; close other programs, or take fewer \
                 [numerics] layers, profile bins or threads",
                show(self.fixed)
            )
        };
        Err(Error::Device(format!(
            "{} parcels need {} of memory ({} bytes each{}) and {} are free; {advice}",
            self.parcels,
            show(self.bytes()),
            self.per_parcel,
            if self.fixed > 0 {
                format!(", and {} besides", show(self.fixed))
            } else {
                String::new()
            },
            show(available),
        )))
    }
}

/// Refuses work that takes more than there is; without knowledge of the memory (none) nothing is refused.
///
/// # Errors
/// [`Error::Device`] with `what` needs how much, and what there is to do about it.
pub fn of_work(what: &str, bytes: u64, advice: &str, available: Option<u64>) -> Result<(), Error> {
    match available {
        Some(free) if bytes > usable(free) => Err(Error::Device(format!(
            "{what} needs {} of memory and {} are free; {advice}",
            show(bytes),
            show(free)
        ))),
        _ => Ok(()),
    }
}

/// Refuses a picture that takes more than there is; without knowledge of the memory (none) nothing is refused.
///
/// # Errors
/// [`Error::Device`] with the forecast.
pub fn of_picture([width, height]: [u32; 2], bytes: u64, available: Option<u64>) -> Result<(), Error> {
    match available {
        Some(free) if bytes > usable(free) => Err(Error::Device(format!(
            "a picture of {width} x {height} pixels needs {} of memory and {} are free; take a smaller one, or close other programs",
            show(bytes),
            show(free)
        ))),
        _ => Ok(()),
    }
}

/// Memory that can be had without swapping [bytes], also within the limits of a container and of the process (`ulimit
/// -v`); none where the system does not say.
pub fn available() -> Option<u64> {
    let free = now().map(|(free, _)| free).filter(|free| *free > 0);
    match (free, address_space_left()) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
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

/// What is left of the address space that the process may have, where it is limited and the system says so (Linux).
fn address_space_left() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    left(&limits, &status)
}

/// From the texts of `/proc/self/limits` and `/proc/self/status`.
fn left(limits: &str, status: &str) -> Option<u64> {
    let limit: u64 = limits
        .lines()
        .find_map(|l| l.strip_prefix("Max address space"))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()?;
    let used: u64 = status
        .lines()
        .find_map(|l| l.strip_prefix("VmSize:"))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()?;
    Some(limit.saturating_sub(used.saturating_mul(1024)))
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

fn usable(available: u64) -> u64 {
    (available as f64 * USABLE) as u64
}

/// The largest population that fits beside `fixed` bytes.
pub fn most(bytes_per_parcel: u64, available: u64, fixed: u64) -> u64 {
    usable(available).saturating_sub(fixed) / bytes_per_parcel.max(1)
}

/// An empty vector with room for `n` items. What the forecast did not foresee is an error, not an abort.
///
/// # Errors
/// [`Error::Device`] if the system does not give the memory.
pub fn room<T>(n: usize) -> Result<Vec<T>, Error> {
    let mut v = Vec::new();
    v.try_reserve_exact(n).map_err(|_| {
        Error::Device(format!(
            "the system did not give {} of memory; take fewer parcels or [numerics] layers, or close other programs",
            show((n as u64).saturating_mul(size_of::<T>() as u64))
        ))
    })?;
    Ok(v)
}

/// A copy of `from`, as [`room`].
///
/// # Errors
/// As [`room`].
pub fn copy<T: Clone>(from: &[T]) -> Result<Vec<T>, Error> {
    let mut v = room(from.len())?;
    v.extend_from_slice(from);
    Ok(v)
}

/// `n` times `value`, as [`room`].
///
/// # Errors
/// As [`room`].
pub fn filled<T: Clone>(n: usize, value: T) -> Result<Vec<T>, Error> {
    let mut v = room(n)?;
    v.resize(n, value);
    Ok(v)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    fn need(parcels: u64, fixed: u64) -> Need {
        Need {
            parcels,
            per_parcel: 144,
            fixed,
            held: 0,
        }
    }

    #[test]
    fn refuses_what_does_not_fit_and_says_what_would() {
        // 0.9 * 1 GiB / 144 bytes = 6 710 886.4
        let fits = most(144, GIB, 0);
        assert_eq!(fits, 6_710_886);
        assert!(need(fits, 0).check(Some(GIB)).is_ok());
        let refused = need(fits + 1, 0).check(Some(GIB));
        assert!(matches!(&refused, Err(Error::Device(text)) if text.contains("at most 6710886 parcels")));
        assert!(matches!(
            need(u64::MAX, 0).check(Some(GIB)),
            Err(Error::Device(_))
        ));
        assert!(need(u64::MAX, 0).check(None).is_ok());
    }

    #[test]
    fn what_is_needed_besides_counts() {
        assert!(need(1_000_000, GIB / 2).check(Some(GIB)).is_ok());
        let refused = need(4_000_000, GIB / 2).check(Some(GIB));
        // (0.9 - 0.5) GiB / 144
        assert!(
            matches!(&refused, Err(Error::Device(text)) if text.contains("at most 2982616 parcels")),
            "{refused:?}"
        );
        let refused = need(1, GIB).check(Some(GIB));
        assert!(matches!(&refused, Err(Error::Device(text)) if text.contains("fewer [numerics] layers")));
    }

    /// Of 1 GiB half is taken by what was drawn; the rest holds as many more as 0.9 of it allows, and the advice counts from
    /// the start: by hand 0.9 (2^29 + 52 10^6 5) / (92 + 52).
    #[test]
    fn what_is_held_already_counts_in_the_advice() {
        let need = |parcels| Need {
            parcels,
            per_parcel: 92,
            fixed: 0,
            held: 52,
        };
        assert!(need(5_000_000).check(Some(GIB / 2)).is_ok());
        let Err(Error::Device(text)) = need(6_000_000).check(Some(GIB / 2)) else {
            panic!("552 MB fit into 483")
        };
        assert!(text.contains("at most 5305443 parcels"), "{text}");
    }

    #[test]
    fn a_picture_that_does_not_fit() {
        assert!(of_picture([8192, 8192], GIB / 2, Some(GIB)).is_ok());
        assert!(of_picture([8192, 8192], GIB, None).is_ok());
        let refused = of_picture([8192, 8192], GIB, Some(GIB));
        assert!(
            matches!(&refused, Err(Error::Device(t)) if t.contains("8192 x 8192") && t.contains("smaller"))
        );
    }

    #[test]
    fn a_limited_address_space() {
        let limits = |soft: &str| {
            format!("Limit   Soft Limit  Hard Limit  Units\nMax address space   {soft}   unlimited   bytes\n")
        };
        let status = "Name:\tx\nVmSize:\t    1000 kB\n";
        assert_eq!(left(&limits("2048000"), status), Some(1_024_000));
        assert_eq!(left(&limits("1000"), status), Some(0));
        assert_eq!(left(&limits("unlimited"), status), None);
    }

    #[test]
    fn no_room_is_an_error() {
        let Err(Error::Device(text)) = room::<[u64; 4]>(1 << 57) else {
            panic!("4 EiB were given")
        };
        assert!(text.contains("of memory"), "{text}");
        assert_eq!(copy(&[1, 2]).ok(), Some(vec![1, 2]));
        assert_eq!(filled(2, 7).ok(), Some(vec![7, 7]));
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
