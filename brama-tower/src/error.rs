//! The error of a service with a breaker.

use std::{error::Error, fmt, time::Duration};

use brama_runtime::api::CircuitOpen;
#[cfg(feature = "tokio")]
use brama_runtime::api::TimedOut;

/// A call was rejected, took too long, or the service failed.
///
/// Its `Display` and [`source`](Error::source) are those of the error within, so
/// [`CircuitOpen::find_in`] finds a rejection.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama_tower::BreakerError;
/// use std::num::ParseIntError;
///
/// fn advice(error: &BreakerError<ParseIntError>) -> String {
///     match error.retry_after() {
///         Some(wait) => format!("try again in {} s", wait.as_secs()),
///         None => error.to_string(),
///     }
/// }
///
/// let breaker = brama::Registry::new().breaker("price_api");
/// breaker.open("maintenance");
/// let open = breaker.try_acquire().expect_err("it is open");
/// assert_eq!(advice(&open.into()), "try again in 60 s");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum BreakerError<E> {
    /// The breaker rejected the call. The service was not called.
    Rejected(CircuitOpen),
    /// The call took longer than its timeout and was dropped.
    #[cfg(feature = "tokio")]
    TimedOut(TimedOut),
    /// The error of the service.
    Inner(E),
}

impl<E> BreakerError<E> {
    /// Returns the rejection; `None` if the service was called.
    pub const fn rejection(&self) -> Option<&CircuitOpen> {
        match self {
            Self::Rejected(open) => Some(open),
            #[cfg(feature = "tokio")]
            Self::TimedOut(_) => None,
            Self::Inner(_) => None,
        }
    }

    /// Returns how long to wait before another attempt makes sense: the
    /// [`retry_after`](CircuitOpen::retry_after) of the rejection. `None` if the call was not
    /// rejected, or if the time is not known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.rejection()?.retry_after()
    }

    /// Returns the error of the service; `None` if it was not called or did not answer in time.
    pub fn into_inner(self) -> Option<E> {
        match self {
            Self::Rejected(_) => None,
            #[cfg(feature = "tokio")]
            Self::TimedOut(_) => None,
            Self::Inner(error) => Some(error),
        }
    }
}

impl<E: fmt::Display> fmt::Display for BreakerError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(open) => open.fmt(f),
            #[cfg(feature = "tokio")]
            Self::TimedOut(timed_out) => timed_out.fmt(f),
            Self::Inner(error) => error.fmt(f),
        }
    }
}

impl<E: Error> Error for BreakerError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Rejected(open) => open.source(),
            #[cfg(feature = "tokio")]
            Self::TimedOut(timed_out) => timed_out.source(),
            Self::Inner(error) => error.source(),
        }
    }
}

impl<E> From<CircuitOpen> for BreakerError<E> {
    fn from(open: CircuitOpen) -> Self {
        Self::Rejected(open)
    }
}

#[cfg(feature = "tokio")]
impl<E> From<TimedOut> for BreakerError<E> {
    fn from(timed_out: TimedOut) -> Self {
        Self::TimedOut(timed_out)
    }
}
