//! How much memory there is, and a refusal before it runs out.

use crate::Error;

/// Memory that can still be had without swapping [bytes]; none where the system does not say.
pub fn available() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|l| l.starts_with("MemAvailable:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kib| kib * 1024)
}

/// Refuses a population that would not fit.
///
/// # Errors
/// [`Error::Device`] with the forecast and the largest population that would fit.
pub fn check(parcels: u64, bytes_per_parcel: u64, available: Option<u64>) -> Result<(), Error> {
    let needed = parcels.saturating_mul(bytes_per_parcel);
    match available {
        Some(free) if needed > free => Err(Error::Device(format!(
            "{parcels} parcels need {:.1} GiB and {:.1} GiB are free; at most {} would fit",
            needed as f64 / (1_u64 << 30) as f64,
            free as f64 / (1_u64 << 30) as f64,
            free / bytes_per_parcel.max(1)
        ))),
        _ => Ok(()),
    }
}
