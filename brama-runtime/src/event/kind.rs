//! The kinds of events.

use std::{fmt, ops::BitOr};

#[cfg(feature = "serde")]
use serde::Serialize;

/// A kind of event: an [`EventDetail`](crate::event::EventDetail) without its particulars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename_all = "snake_case"))]
pub enum EventKind {
    /// The circuit entered another state.
    StateChanged,
    /// Somebody reset the breaker.
    Reset,
    /// The breaker came into the registry.
    Registered,
    /// Somebody unregistered it.
    Unregistered,
    /// The registry forgot it.
    Removed,
    /// It was configured.
    Configured,
    /// A call succeeded.
    Success,
    /// A call failed.
    Failure,
    /// A call said nothing about the dependency.
    Ignored,
    /// A call was refused.
    Rejected,
    /// A call was dropped before it had an outcome.
    Abandoned,
    /// An outcome came late.
    Late,
    /// A call was slow.
    Slow,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::StateChanged,
        Self::Reset,
        Self::Registered,
        Self::Unregistered,
        Self::Removed,
        Self::Configured,
        Self::Success,
        Self::Failure,
        Self::Ignored,
        Self::Rejected,
        Self::Abandoned,
        Self::Late,
        Self::Slow,
    ];

    /// The name in text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StateChanged => "state_changed",
            Self::Reset => "reset",
            Self::Registered => "registered",
            Self::Unregistered => "unregistered",
            Self::Removed => "removed",
            Self::Configured => "configured",
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

/// A set of kinds.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::event::{EventKind, EventKinds};
///
/// let wanted = EventKinds::CHANGES | EventKind::Failure;
/// assert!(wanted.contains(EventKind::StateChanged) && !wanted.contains(EventKind::Success));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventKinds(u16);

impl EventKinds {
    /// Every kind.
    pub const ALL: Self = Self((1 << EventKind::ALL.len()) - 1);

    /// Changes of state, resets, and the steps of a breaker's life: rare, numbered without gaps.
    pub const CHANGES: Self = Self(Self::ALL.0 & !Self::CALLS.0);

    /// What calls do. While somebody listens to these, each call of the breakers meant takes their
    /// lock.
    pub const CALLS: Self = Self(
        EventKind::Success.bit()
            | EventKind::Failure.bit()
            | EventKind::Ignored.bit()
            | EventKind::Rejected.bit()
            | EventKind::Abandoned.bit()
            | EventKind::Late.bit()
            | EventKind::Slow.bit(),
    );

    /// Whether that kind is among them.
    #[must_use]
    pub const fn contains(self, kind: EventKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Whether the two sets have a kind in common.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl EventKind {
    const fn bit(self) -> u16 {
        1 << self as u16
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
