//! The events that subscribers receive.

mod detail;
mod filter;
mod kind;
mod probe_verdict;

use std::{fmt, time::SystemTime};

#[cfg(feature = "serde")]
use serde::Serialize;

pub(crate) use self::filter::FilterNames;
pub use self::{
    detail::EventDetail,
    filter::EventFilter,
    kind::{EventKind, EventKinds},
    probe_verdict::ProbeVerdict,
};
use crate::{
    circuit::Tick,
    connection::{ConnectionKind, Labels},
    identity::Identity,
};

/// Something that happened to a breaker.
///
/// `Display` prints a line for a log: `payment_api went from closed to open: 10 failures in a row
/// reached failure_threshold 10; last: connection refused`. If the duration of an opening is not
/// simply the policy's fixed `expiry`, the line contains it with its reason: `… from half-open to
/// open for 20 s (progressive, opening 3 in a row): …`. It is one line whatever the identity and
/// the reasons are: see the `Display` of [`Identity`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Event {
    /// The breaker's identity.
    pub identity: Identity<'static>,
    /// The kind of dependency, from `register` or else the attribute's `type`.
    pub connection_kind: Option<ConnectionKind>,
    /// The labels from `register`.
    pub labels: Labels,
    /// The number of the event, beginning at 1 for each breaker.
    ///
    /// Only the events in [`EventKinds::CHANGES`] have numbers of their own, without gaps and with
    /// or without a subscription. An event of a call carries the number of the last change. A
    /// breaker that is created again after its eviction ([`EventDetail::Removed`]) begins at 1
    /// again.
    pub number: u64,
    /// The number of the current opening, or of the one that has just ended, as in
    /// [`Status`](crate::status::Status) and [`CircuitOpen`](crate::breaker::CircuitOpen); `None`
    /// while closed or disabled.
    pub opening: Option<u64>,
    /// The time of the event on the registry's clock. It is read before the event gets its number,
    /// so if threads cause events of one breaker at once, a later number may carry a slightly
    /// earlier time.
    pub at: Tick,
    /// The time of the event on the calendar.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::calendar::serialize"))]
    pub time: SystemTime,
    /// What happened.
    pub detail: EventDetail,
    /// The number of events that the subscription lost directly before this one because its queue
    /// was full.
    pub missed: u64,
}

impl Event {
    /// Returns the kind of event.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        self.detail.kind()
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.identity, self.detail)?;
        match self.missed {
            0 => Ok(()),
            1 => f.write_str(" (1 event before this was missed)"),
            missed => write!(f, " ({missed} events before this were missed)"),
        }
    }
}
