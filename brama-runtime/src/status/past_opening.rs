//! An opening in the history of a breaker.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

#[cfg(feature = "serde")]
use serde::Serialize;

use crate::circuit::{Cause, Tick};

/// One of the last openings of a breaker. The cause contains how long the opening was to last.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct PastOpening {
    /// The number of the opening, as in events and errors. The first one is 1.
    pub number: u64,
    /// When it began, on the registry's clock.
    pub at: Tick,
    /// When it began, on the calendar: the time of the status, less the age on the registry's
    /// clock.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::calendar::serialize"))]
    pub time: SystemTime,
    /// Why it began.
    pub cause: Arc<Cause>,
    /// How long the circuit was in the state; `None` if it still is.
    #[cfg_attr(feature = "serde", serde(with = "crate::circuit::serde_impls::text"))]
    pub lasted: Option<Duration>,
}
