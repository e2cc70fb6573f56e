//! The signals to a circuit, its answers, and a view of its getters.

use std::time::Duration;

use brama_runtime::api::{
    State,
    circuit::{Action, Admission, Fate, Tick},
    status::{Change, Limit, OpenDuration, Rule, WindowCounts},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Signal {
    Admit,
    Report(Which, How),
    Record(How),
    Act(Action),
    Sweep,
    CheckPassed,
    Wait(Duration),
    StepBack(Duration),
}

/// One of the open permits. The newest exists only if there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Which {
    Oldest,
    Newest,
}

impl Which {
    pub(crate) fn take<T>(self, permits: &mut Vec<T>) -> Option<T> {
        self.place(permits).map(|place| permits.remove(place))
    }

    pub(crate) fn of<T>(self, permits: &[T]) -> Option<&T> {
        self.place(permits).and_then(|place| permits.get(place))
    }

    fn place<T>(self, permits: &[T]) -> Option<usize> {
        match self {
            Self::Oldest => (!permits.is_empty()).then_some(0),
            Self::Newest => (1 < permits.len()).then(|| permits.len() - 1),
        }
    }
}

/// How a call ended. A call that takes exactly the slow-call duration is not slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum How {
    Success,
    AlmostSlowSuccess,
    SlowSuccess,
    Failure,
    SlowFailure,
    HintedFailure(Duration),
    Trip(Option<Duration>),
    Ignore,
    /// Ignored for the rejection of another breaker.
    InnerRejection,
    /// Abandoned after an unknown time.
    Abandon,
    /// Abandoned just before 1 s.
    HangUp,
    /// Abandoned after 1 s.
    GiveUp,
}

impl How {
    pub(crate) const fn is_slow(self) -> bool {
        matches!(self, Self::SlowSuccess | Self::SlowFailure | Self::HangUp | Self::GiveUp)
    }

    /// How the call ends if it is displaced: a trip is a failure like another.
    pub(crate) const fn displaced(self) -> Self {
        let Self::Trip(hint) = self else { return self };
        match hint {
            Some(hint) => Self::HintedFailure(hint),
            None => Self::Failure,
        }
    }

    pub(crate) const fn hint(self) -> Option<Duration> {
        match self {
            Self::HintedFailure(hint) | Self::Trip(Some(hint)) => Some(hint),
            Self::Success
            | Self::AlmostSlowSuccess
            | Self::SlowSuccess
            | Self::Failure
            | Self::SlowFailure
            | Self::Trip(None)
            | Self::Ignore
            | Self::InnerRejection
            | Self::Abandon
            | Self::HangUp
            | Self::GiveUp => None,
        }
    }
}

/// The answer of the circuit to one signal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answer {
    pub(crate) admission: Option<Admission>,
    pub(crate) fate: Option<Fate>,
    pub(crate) changes: Vec<Transition>,
}

/// A change of state without the reasons, which have their own law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transition {
    pub(crate) from: State,
    pub(crate) to: State,
    pub(crate) generation: u64,
    pub(crate) at: Tick,
    pub(crate) rule: Rule,
    pub(crate) limit: Option<Limit>,
    pub(crate) run: u64,
    pub(crate) counts: WindowCounts,
    pub(crate) length: Option<OpenDuration>,
    pub(crate) by_hand: Option<Action>,
}

impl From<Change> for Transition {
    fn from(change: Change) -> Self {
        let Change { from, to, generation, at, cause } = change;
        let by_hand = cause.by_hand.map(|(action, _)| action);
        Self {
            from,
            to,
            generation: generation.number(),
            at,
            rule: cause.rule,
            limit: cause.limit,
            run: cause.run,
            counts: cause.counts,
            length: cause.duration,
            by_hand,
        }
    }
}

/// What the getters return at one tick.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct View {
    pub(crate) state: State,
    pub(crate) generation: u64,
    pub(crate) opening: u64,
    pub(crate) since: Tick,
    pub(crate) until: Option<Tick>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) failures: u64,
    pub(crate) successes: u64,
    pub(crate) trips: u32,
    pub(crate) probes: u32,
    pub(crate) counts: WindowCounts,
    pub(crate) open_duration: Option<OpenDuration>,
    pub(crate) admitting: Option<u32>,
    pub(crate) would_admit: bool,
    pub(crate) rejects_until: Option<Tick>,
}

/// Returns the tick `since_origin` after the origin of the clock.
pub(crate) fn tick(since_origin: Duration) -> Tick {
    Tick::from_nanos(u64::try_from(since_origin.as_nanos()).unwrap_or(u64::MAX))
}
