//! The kinds of events.

use std::{fmt, ops::BitOr};

#[cfg(feature = "serde")]
use serde::Serialize;

/// The kind of an event: an [`EventDetail`](crate::event::EventDetail) without its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename_all = "snake_case"))]
pub enum EventKind {
    /// The circuit entered another state.
    StateChanged,
    /// The breaker was reset.
    Reset,
    /// The breaker came into use: by its first call or handle, or by `register`.
    Registered,
    /// The breaker was unregistered.
    Unregistered,
    /// The breaker was evicted.
    Removed,
    /// The breaker was configured.
    Configured,
    /// A retry-after hint has prolonged the opening in progress.
    Extended,
    /// A fleet has laid an overlay over the breaker.
    Overlaid,
    /// The overlay of a fleet was lifted, or was over.
    Lifted,
    /// A call that an overlay has let through has ended.
    Probed,
    /// A call succeeded.
    Success,
    /// A call failed.
    Failure,
    /// A call had an outcome that says nothing about the dependency.
    Ignored,
    /// A call was rejected.
    Rejected,
    /// A call was dropped before it had an outcome.
    Abandoned,
    /// An outcome was late: its call was admitted before the present state or ramp began.
    Late,
    /// A call was slow.
    Slow,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::StateChanged,
        Self::Reset,
        Self::Registered,
        Self::Unregistered,
        Self::Removed,
        Self::Configured,
        Self::Extended,
        Self::Overlaid,
        Self::Lifted,
        Self::Probed,
        Self::Success,
        Self::Failure,
        Self::Ignored,
        Self::Rejected,
        Self::Abandoned,
        Self::Late,
        Self::Slow,
    ];

    /// Returns the name in text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StateChanged => "state_changed",
            Self::Reset => "reset",
            Self::Registered => "registered",
            Self::Unregistered => "unregistered",
            Self::Removed => "removed",
            Self::Configured => "configured",
            Self::Extended => "extended",
            Self::Overlaid => "overlaid",
            Self::Lifted => "lifted",
            Self::Probed => "probed",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Ignored => "ignored",
            Self::Rejected => "rejected",
            Self::Abandoned => "abandoned",
            Self::Late => "late",
            Self::Slow => "slow",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A set of kinds of events.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::event::{EventKind, EventKinds};
///
/// let wanted = EventKinds::CHANGES | EventKind::Failure;
/// assert!(wanted.contains(EventKind::StateChanged) && !wanted.contains(EventKind::Success));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventKinds(u32);

impl EventKinds {
    /// Every kind.
    pub const ALL: Self = Self((1 << EventKind::ALL.len()) - 1);

    /// Changes of state, resets, extensions, overlays, and the events of a breaker's life:
    /// registered, unregistered, removed and configured. These are rare, and numbered without
    /// gaps.
    pub const CHANGES: Self = Self(Self::ALL.0 & !Self::CALLS.0);

    /// The events of calls. While there is a subscription to these, each call of the selected
    /// breakers takes its breaker's lock.
    pub const CALLS: Self = Self(
        EventKind::Success.bit()
            | EventKind::Failure.bit()
            | EventKind::Ignored.bit()
            | EventKind::Rejected.bit()
            | EventKind::Abandoned.bit()
            | EventKind::Late.bit()
            | EventKind::Slow.bit(),
    );

    /// Returns whether this kind is in the set.
    #[must_use]
    pub const fn contains(self, kind: EventKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Returns whether the two sets have a kind in common.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl EventKind {
    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl From<EventKind> for EventKinds {
    fn from(kind: EventKind) -> Self {
        Self(kind.bit())
    }
}

impl<S: Into<Self>> BitOr<S> for EventKinds {
    type Output = Self;

    fn bitor(self, other: S) -> Self {
        Self(self.0 | other.into().0)
    }
}

impl BitOr for EventKind {
    type Output = EventKinds;

    fn bitor(self, other: Self) -> EventKinds {
        EventKinds::from(self) | other
    }
}

impl FromIterator<EventKind> for EventKinds {
    fn from_iter<I: IntoIterator<Item = EventKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self(0), |set, kind| set | kind)
    }
}

impl<const N: usize> From<[EventKind; N]> for EventKinds {
    fn from(kinds: [EventKind; N]) -> Self {
        kinds.into_iter().collect()
    }
}

impl fmt::Debug for EventKinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = EventKind::ALL.into_iter().filter(|kind| self.contains(*kind));
        f.debug_set().entries(kinds).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_of_changes_or_of_calls() {
        let both = EventKinds::CHANGES | EventKinds::CALLS;
        assert_eq!(both, EventKinds::ALL);
        assert!(!EventKinds::CHANGES.intersects(EventKinds::CALLS));
        assert_eq!(EventKind::ALL.into_iter().collect::<EventKinds>(), EventKinds::ALL);
    }
}
