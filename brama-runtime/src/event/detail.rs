//! What can happen to a breaker, with its evidence.

use std::{fmt, sync::Arc, time::Duration};

#[cfg(feature = "serde")]
use serde::Serialize;

use super::{kind::EventKind, probe_verdict::ProbeVerdict};
use crate::{
    circuit::{
        By, Cause, Lasting, LostWindow, OpenDuration, Quantity, Reason, SettingChange, State,
        WindowCounts,
    },
    duration::Rounded,
    text::Escaped,
};

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
    /// A fleet has laid an overlay over the breaker.
    #[non_exhaustive]
    Overlaid {
        /// The number of the decision that the overlay carries out.
        epoch: u64,
        /// How long it rejects calls, unless it is lifted or replaced before.
        #[cfg_attr(feature = "serde", serde(with = "crate::circuit::serde_impls::text"))]
        length: Duration,
        /// Who has laid it, and why.
        by: Arc<By>,
        /// The calls that it lets through, as probes; `None` if it lets a share through.
        permits: Option<u32>,
        /// The share of calls that it lets through, per mille; `None` if it lets a number through.
        admitting: Option<u16>,
    },
    /// The overlay of a fleet was lifted, or was over.
    #[non_exhaustive]
    Lifted {
        /// The epoch of the overlay, or the greater one that lifted it.
        epoch: u64,
        /// Who has lifted it, and why; `None` if its time was over.
        by: Option<Arc<By>>,
    },
    /// A call that the overlay in force has let through has ended.
    #[non_exhaustive]
    Probed {
        /// The epoch of the overlay.
        epoch: u64,
        /// What became of the call.
        verdict: ProbeVerdict,
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
            Self::Overlaid { .. } => EventKind::Overlaid,
            Self::Lifted { .. } => EventKind::Lifted,
            Self::Probed { .. } => EventKind::Probed,
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

impl EventDetail {
    fn show_configured(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("was configured")?;
        let Self::Configured { changes, lost_window, shortened, warnings } = self else {
            return Ok(());
        };
        changes.iter().try_for_each(|change| write!(f, "; {change}"))?;
        if let Some(counts) = lost_window {
            write!(f, "; {}", LostWindow(*counts))?;
        }
        if let Some(duration) = shortened {
            write!(f, "; the opening was shortened to {}", Rounded(*duration))?;
        }
        let mut warnings = warnings.iter().take(MAX_WARNINGS);
        warnings
            .try_for_each(|warning| write!(f, "; {}", Escaped::within(MAX_WARNING_BYTES, warning)))
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
            Self::Configured { .. } => self.show_configured(f),
            Self::Extended { duration } => {
                write!(
                    f,
                    "stays open for {} in all: {}",
                    Rounded(duration.duration),
                    duration.why()
                )
            }
            Self::Overlaid { epoch, length, by, permits, admitting } => {
                match (permits, admitting) {
                    (Some(calls @ 1..), _) => {
                        write!(f, "lets {} through", Quantity(u64::from(*calls), "call"))
                    }
                    (None, Some(share @ 1..)) => {
                        write!(f, "lets {} % of the calls through", f64::from(*share) / 10.0)
                    }
                    (Some(0) | None, _) => f.write_str("rejects calls"),
                }?;
                write!(f, " for {} by overlay {epoch}: {by}", Rounded(*length))
            }
            Self::Lifted { epoch, by: Some(by) } => {
                write!(f, "rejects calls no more, lifted as of epoch {epoch}: {by}")
            }
            Self::Lifted { epoch, by: None } => {
                write!(f, "rejects calls no more, overlay {epoch} is over")
            }
            Self::Probed { epoch, verdict } => {
                write!(f, "had a probe of overlay {epoch}: {verdict}")
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
