//! Retries around a breaker: which errors another attempt does not help, and when to try again.

use std::{error::Error, time::Duration};

use crate::breaker::CircuitOpen;

/// Returns whether an error is the rejection of a breaker, or has one in its chain of sources.
///
/// A rejection is not worth another attempt at once: the circuit stays open for longer than usual
/// retries last.
///
/// ```
/// # use brama_runtime::api as brama;
/// let breaker = brama::Registry::new().breaker("payment_api");
/// breaker.open("maintenance");
/// let error = breaker.try_acquire().expect_err("it is open");
/// assert!(brama::retry::is_rejection(&error));
/// assert!(!brama::retry::is_rejection(&std::io::Error::other("refused")));
/// ```
#[must_use]
pub fn is_rejection(error: &(dyn Error + 'static)) -> bool {
    CircuitOpen::is_in(error)
}

/// Returns how long to wait before another attempt makes sense after an error: the
/// [`retry_after`](CircuitOpen::retry_after) of the rejection in it.
///
/// `None` if the error is no rejection, or if the time is not known: the circuit is forced open, a
/// probe is in flight, or too many calls are.
///
/// ```
/// # use brama_runtime::api as brama;
/// use std::time::Duration;
///
/// let breaker = brama::Registry::new().breaker("payment_api");
/// breaker.open("maintenance");
/// let error = breaker.try_acquire().expect_err("it is open");
/// let wait = brama::retry::delay(&error).expect("the opening ends");
/// assert!(wait <= Duration::from_secs(60));
/// ```
#[must_use]
pub fn delay(error: &(dyn Error + 'static)) -> Option<Duration> {
    CircuitOpen::find_in(error)?.retry_after()
}
