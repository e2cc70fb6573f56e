//! The events that subscribers receive.

mod filter;
mod kind;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

#[cfg(feature = "serde")]
use serde::Serialize;

pub(crate) use self::filter::FilterNames;
pub use self::{
    filter::EventFilter,
    kind::{EventKind, EventKinds},
};
use crate::{
    circuit::{
        Cause, Lasting, LostWindow, OpenDuration, Reason, SettingChange, State, Tick, WindowCounts,
    },
    connection::{ConnectionKind, Labels},
    duration::Rounded,
    identity::Identity,
    text::Escaped,
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

/// What can happen to a breaker.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize), serde(tag = "kind", rename_all = "snake_case"))]
pub enum EventDetail {
    /// The circuit entered another state. There is one event per change.
    StateChanged {
        /// The state it left.
        from: State,
        /// The state it entered.
        to: State,
        /// The cause of the change, with its evidence.
        cause: Arc<Cause>,
    },
    /// The breaker was reset. If the reset changed the state, a
    /// [`StateChanged`](Self::StateChanged) precedes this event.
    Reset {
        /// The cause of the reset: by hand, with the reason and, if known, the actor.
        cause: Arc<Cause>,
    },
    /// The breaker came into use: by its first call or handle, by `register`, or by its next use
    /// after it was unregistered or evicted. Nothing has to be registered before its first use.
    Registered,
    /// The breaker was unregistered.
    Unregistered,
    /// The breaker was evicted: it had a key, and either room was needed or it was idle for long.
    Removed,
    /// Settings of the breaker, or the warnings about them, changed: by `init`, `reload`,
    /// `configure` or `unconfigure`, by its attribute, or by `register` or `unregister` of its
    /// identifier.
    #[non_exhaustive]
    Configured {
        /// The settings whose values changed.
        changes: Arc<[SettingChange]>,
        /// The counts of the window that was emptied, because the new one is of another unit, calls
        /// or time; `None` if no outcome was lost.
        lost_window: Option<WindowCounts>,
        /// How long the opening in progress lasts now, if [`PolicyPatch::apply_now`] has shortened
        /// it.
        ///
        /// [`PolicyPatch::apply_now`]: crate::circuit::PolicyPatch::apply_now
        #[cfg_attr(feature = "serde", serde(with = "crate::circuit::serde_impls::nanos"))]
        shortened: Option<Duration>,
        /// Settings without effect or in conflict: [`Status::warnings`](crate::status::Status)
        /// without the warnings about lost events.
        warnings: Vec<String>,
    },
    /// The retry-after hint of a late failure has prolonged the opening in progress.
    Extended {
        /// How long the opening lasts in all, from its beginning.
        duration: OpenDuration,
    },
    /// A call succeeded.
    Success,
    /// A call failed.
    Failure {
        /// The reason of the failure.
        reason: Reason,
    },
    /// A call had an outcome that says nothing about the dependency.
    Ignored,
    /// A call was rejected. In shadow, it ran nevertheless.
    Rejected,
    /// A call was dropped before it had an outcome. If that counts as a failure, a
    /// [`Failure`](Self::Failure) precedes this event.
    Abandoned,
    /// The outcome in the preceding event belongs to a call that was admitted before the present
    /// state or ramp began.
    Late,
    /// The call in the preceding event took longer than `slow_call_duration`.
    Slow,
}

impl EventDetail {
    /// Returns the kind of event.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::StateChanged { .. } => EventKind::StateChanged,
            Self::Reset { .. } => EventKind::Reset,
            Self::Registered => EventKind::Registered,
            Self::Unregistered => EventKind::Unregistered,
            Self::Removed => EventKind::Removed,
            Self::Configured { .. } => EventKind::Configured,
            Self::Extended { .. } => EventKind::Extended,
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

/// Prints the rest of a sentence that begins with the breaker's identity.
impl fmt::Display for EventDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StateChanged { from, to, cause } => {
                let lasting = Lasting(cause);
                write!(f, "went from {} to {}{lasting}: {cause}", from.in_words(), to.in_words())
            }
            Self::Reset { cause } => write!(f, "was reset: {cause}"),
            Self::Registered => f.write_str("was first used or registered"),
            Self::Unregistered => f.write_str("was unregistered"),
            Self::Removed => f.write_str("was evicted"),
            Self::Configured { changes, lost_window, shortened, warnings } => {
                f.write_str("was configured")?;
                changes.iter().try_for_each(|change| write!(f, "; {change}"))?;
                if let Some(counts) = lost_window {
                    write!(f, "; {}", LostWindow(*counts))?;
                }
                if let Some(duration) = shortened {
                    write!(f, "; the opening was shortened to {}", Rounded(*duration))?;
                }
                let mut warnings = warnings.iter().take(MAX_WARNINGS);
                warnings.try_for_each(|warning| {
                    write!(f, "; {}", Escaped::within(MAX_WARNING_BYTES, warning))
                })
            }
            Self::Extended { duration } => {
                write!(
                    f,
                    "stays open for {} in all: {}",
                    Rounded(duration.duration),
                    duration.why()
                )
            }
            Self::Success => f.write_str("succeeded"),
            Self::Failure { reason } => write!(f, "failed: {reason}"),
            Self::Ignored => f.write_str("had an ignored outcome"),
            Self::Rejected => f.write_str("rejected a call"),
            Self::Abandoned => f.write_str("had a call abandoned"),
            Self::Late => f.write_str("had a late outcome"),
            Self::Slow => f.write_str("was slow"),
        }
    }
}

/// How many warnings are shown, and how many bytes of one.
const MAX_WARNINGS: usize = 16;
const MAX_WARNING_BYTES: usize = 1_024;
