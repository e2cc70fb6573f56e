//! What subscribers are told.

mod filter;
mod kind;

use std::{fmt, sync::Arc, time::SystemTime};

#[cfg(feature = "serde")]
use serde::{Serialize, Serializer};

pub use self::{
    filter::EventFilter,
    kind::{EventKind, EventKinds},
};
#[cfg(feature = "serde")]
use crate::circuit::nanos;
use crate::{
    circuit::{Cause, Lasting, Reason, State, Tick},
    connection::{ConnectionKind, Labels},
    identity::Identity,
};

/// Something that happened to a breaker.
///
/// Its `Display` is a line for a log: `payment_api went from closed to open: 10 failures in a row
/// reached failure_threshold 10; last: connection refused`. Where an opening's length is not simply
/// the policy's fixed `expiry`, it stands there with its reason: `… from half-open to open for 20 s
/// (progressive, opening 3 in a row): …`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Event {
    /// Which breaker.
    pub identity: Identity<'static>,
    /// What kind of dependency it is: as `register` says, else the attribute's `type`.
    pub connection_kind: Option<ConnectionKind>,
    /// What `register` was told of it.
    pub labels: Labels,
    /// The number of the breaker's last change or step of its life, the first being 1. Such events
    /// are numbered without gaps, listened to or not; those of calls carry the last number.
    /// A breaker that comes back after it was forgotten ([`EventDetail::Removed`]) begins anew.
    pub number: u64,
    /// The number of the opening in force or just over, as in [`Status`](crate::status::Status) and
    /// [`CircuitOpen`](crate::breaker::CircuitOpen); `None` while closed or disabled.
    pub opening: Option<u64>,
    /// When, on the registry's clock. Read before the event took its turn: among events of one breaker
    /// that threads caused at once, a later number may carry a slightly earlier moment.
    pub at: Tick,
    /// When, on the calendar.
    #[cfg_attr(feature = "serde", serde(serialize_with = "calendar"))]
    pub time: SystemTime,
    /// What happened.
    pub detail: EventDetail,
    /// How many events before this one the subscription lost, since its queue was full.
    pub missed: u64,
}

/// What can happen to a breaker.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize), serde(tag = "kind", rename_all = "snake_case"))]
pub enum EventDetail {
    /// The circuit entered another state: told once a change.
    StateChanged {
        /// The state it left.
        from: State,
        /// The state it entered.
        to: State,
        /// Why, with the evidence.
        cause: Arc<Cause>,
    },
    /// Somebody reset the breaker; a change of state, if there was one, was told before.
    Reset {
        /// Why, and who.
        cause: Arc<Cause>,
    },
    /// The breaker came into the registry: registered, used for the first time, or used again after
    /// it was unregistered or forgotten.
    Registered,
    /// Somebody unregistered it.
    Unregistered,
    /// The registry forgot it: it had a key, and room was needed or nobody had used it for long.
    Removed,
    /// It was configured, at `init` or at run time, or met an attribute that is at odds with something.
    Configured {
        /// What is said and not in force, or can never act: as in
        /// [`Status::warnings`](crate::status::Status), lost events aside.
        warnings: Vec<String>,
    },
    /// A call succeeded.
    Success,
    /// A call failed.
    Failure {
        /// Why.
        reason: Reason,
    },
    /// A call said nothing about the dependency.
    Ignored,
    /// A call was refused, or would have been but for shadow.
    Rejected,
    /// A call was dropped before it had an outcome; where that counts as a failure, a
    /// [`Failure`](Self::Failure) was told before.
    Abandoned,
    /// The outcome told before belongs to a call admitted in an earlier generation.
    Late,
    /// The outcome told before took longer than `slow_call_duration`.
    Slow,
}

impl EventDetail {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::StateChanged { .. } => EventKind::StateChanged,
            Self::Reset { .. } => EventKind::Reset,
            Self::Registered => EventKind::Registered,
            Self::Unregistered => EventKind::Unregistered,
            Self::Removed => EventKind::Removed,
            Self::Configured { .. } => EventKind::Configured,
            Self::Success => EventKind::Success,
            Self::Failure { .. } => EventKind::Failure,
            Self::Ignored => EventKind::Ignored,
            Self::Rejected => EventKind::Rejected,
            Self::Abandoned => EventKind::Abandoned,
            Self::Late => EventKind::Late,
            Self::Slow => EventKind::Slow,
        }
    }
}

impl Event {
    /// The kind of what happened.
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
            missed => write!(f, " ({missed} events before this were missed)"),
        }
    }
}

/// The rest of a sentence that begins with the breaker's name.
impl fmt::Display for EventDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StateChanged { from, to, cause } => {
                let lasting = Lasting(cause);
                write!(f, "went from {} to {}{lasting}: {cause}", from.in_words(), to.in_words())
            }
            Self::Reset { cause } => write!(f, "was reset: {cause}"),
            Self::Registered => f.write_str("was registered"),
            Self::Unregistered => f.write_str("was unregistered"),
            Self::Removed => f.write_str("was forgotten"),
            Self::Configured { warnings } => {
                f.write_str("was configured")?;
                warnings.iter().try_for_each(|warning| write!(f, "; {warning}"))
            }
            Self::Success => f.write_str("succeeded"),
            Self::Failure { reason } => write!(f, "failed: {reason}"),
            Self::Ignored => f.write_str("answered, which was ignored"),
            Self::Rejected => f.write_str("refused a call"),
            Self::Abandoned => f.write_str("saw a call abandoned"),
            Self::Late => f.write_str("had an outcome come late"),
            Self::Slow => f.write_str("was slow"),
        }
    }
}

/// Writes nanoseconds since 1970; zero for a time before that.
#[cfg(feature = "serde")]
fn calendar<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    nanos(since_1970).serialize(serializer)
}
