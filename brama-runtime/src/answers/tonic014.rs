//! Statuses of tonic 0.14.

use std::{error::Error, sync::Arc, time::Duration};

use tonic::{Code, Status, metadata::MetadataMap};
use tonic_types::{ErrorDetails, StatusExt};

use super::unavailable;
use crate::breaker::{CallError, CircuitOpen};
#[cfg(feature = "tokio")]
use crate::{answers::TIMED_OUT, timed_out::TimedOut};

/// `UNAVAILABLE`. If it is known when another attempt makes sense, applications read it from the
/// `RetryInfo` in its details, and from `grpc-retry-pushback-ms` the retries of gRPC clients and
/// layers with `honor_pushback`.
///
/// The message names neither the breaker nor its key. Within the process, the rejection is the
/// source of the status, so [`CircuitOpen::find_in`] finds it and an outer breaker ignores it.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{CircuitOpen, Registry};
/// use tonic::{Code, Status};
/// use tonic_types::StatusExt;
///
/// fn price(payments: &brama::Breaker) -> Result<u32, Status> {
///     let permit = payments.try_acquire()?;
///     permit.success();
///     Ok(17)
/// }
///
/// let payments = Registry::new().breaker("payment_api");
/// payments.open("maintenance");
/// let status = price(&payments).expect_err("it is open");
/// assert_eq!(status.code(), Code::Unavailable);
/// let retry = status.get_details_retry_info().and_then(|info| info.retry_delay);
/// assert_eq!(retry, Some(std::time::Duration::from_secs(60)));
/// assert_eq!(status.metadata().get("grpc-retry-pushback-ms").expect("it is known"), "60000");
/// assert!(CircuitOpen::is_in(&status));
/// ```
#[cfg(feature = "tonic014")]
impl From<CircuitOpen> for Status {
    fn from(open: CircuitOpen) -> Self {
        let retry_after = open.retry_after_secs();
        let message = unavailable(retry_after);
        let status = match retry_after.map(Duration::from_secs) {
            Some(delay) => unavailable_for(delay, message),
            None => Self::unavailable(message),
        };
        with_source(status, open)
    }
}

fn unavailable_for(delay: Duration, message: String) -> Status {
    let details = ErrorDetails::with_retry_info(Some(delay));
    let mut metadata = MetadataMap::new();
    let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
    metadata.insert("grpc-retry-pushback-ms", millis.into());
    Status::with_error_details_and_metadata(Code::Unavailable, message, details, metadata)
}

/// The status of the rejection, or the status of the call.
#[cfg(feature = "tonic014")]
impl From<CallError<Self>> for Status {
    fn from(error: CallError<Self>) -> Self {
        error.into_error()
    }
}

/// `DEADLINE_EXCEEDED`. The message names neither the breaker nor its key.
#[cfg(all(feature = "tonic014", feature = "tokio"))]
impl From<TimedOut> for Status {
    fn from(timed_out: TimedOut) -> Self {
        with_source(Self::deadline_exceeded(TIMED_OUT), timed_out)
    }
}

/// The source stays in the process.
fn with_source(mut status: Status, source: impl Error + Send + Sync + 'static) -> Status {
    status.set_source(Arc::new(source));
    status
}
