//! How long a device may be silent: when a person is told of it, and when it counts as hanging.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// How long is waited for a device [s of the clock on the wall].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// Between two messages that it has not answered.
    pub told: Duration,
    /// Until it counts as hanging.
    pub most: Duration,
}

/// A submission is made to take a fifth of a second. One of a hundred times as long is worth a word, and who waits should have it
/// within 30 s; six times as long as that again nobody waits for.
pub const PATIENCE: Patience = Patience {
    told: Duration::from_secs(20),
    most: Duration::from_secs(120),
};

/// Who is told that a device does not answer.
static LISTENER: RwLock<Option<fn(&str)>> = RwLock::new(None);

/// From now on `listener` is told when a device does not answer; it may be called from any thread.
pub fn on_silence(listener: fn(&str)) {
    *LISTENER.write().unwrap_or_else(PoisonError::into_inner) = Some(listener);
}

/// Waits for the device `name`. `poll` waits so long at most, and says whether there is an answer. False if there is none in the end.
///
/// # Errors
/// Those of `poll`.
pub fn patiently<E>(
    patience: Patience,
    name: &str,
    mut poll: impl FnMut(Duration) -> Result<bool, E>,
) -> Result<bool, E> {
    let mut waited = Duration::ZERO;
    while waited < patience.most {
        let next = patience.told.min(patience.most - waited);
        if poll(next)? {
            return Ok(true);
        }
        waited += next;
        if waited < patience.most
            && let Some(tell) = *LISTENER.read().unwrap_or_else(PoisonError::into_inner)
        {
            tell(&format!(
                "{name} has not answered for {} s. It may be busy with other programs, or hang: the program gives up after {} s. \
                 Ctrl-C twice ends the run at once; --backend cpu does without it",
                seconds(waited),
                seconds(patience.most)
            ));
        }
    }
    Ok(false)
}

/// Seconds without needless digits.
fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the true numbers, and a clock that only counts: told within 30 s, again and again, and given up in the end.
    #[test]
    fn a_person_is_told_within_30_seconds() {
        let mut clock = Duration::ZERO;
        let mut polls = Vec::new();
        let answered = patiently(PATIENCE, "a device", |most| {
            clock += most;
            polls.push(clock.as_secs());
            Ok::<_, ()>(false)
        });
        assert_eq!(answered, Ok(false));
        assert_eq!(polls, [20, 40, 60, 80, 100, 120]);
        assert!(PATIENCE.told <= Duration::from_secs(30));
        // an error of the device is no silence
        assert_eq!(patiently(PATIENCE, "a device", |_| Err("lost")), Err("lost"));
    }
}
