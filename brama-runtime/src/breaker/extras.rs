//! What few breakers need.

use super::in_flight::InFlight;
use crate::{
    config::Attribute,
    histogram::DurationCounters,
    sys::sync::{AtomicU64, OnceRef},
};

/// What few breakers need, allocated on first use, so that the others stay small.
#[derive(Default)]
pub(super) struct Extras {
    /// The first attribute that differs from the slot's, if only by a `timeout`. Later ones are not
    /// recorded.
    pub(super) other_attribute: OnceRef<'static, Attribute>,
    pub(super) durations: DurationCounters,
    pub(super) in_flight: InFlight,
    /// Calls that overlays have rejected at the gate.
    pub(super) overlaid: AtomicU64,
}
