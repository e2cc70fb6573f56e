//! A fact: what a vector expects of a subject after a step, or what the subject shows.

use std::{fmt, time::Duration};

use brama::{State, duration, status::Rule};

/// The subject of a fact, in the order in which facts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    State,
    Admitted,
    Rejected,
    Failures,
    Successes,
    RetryAfter,
    Cause,
    Trips,
    Changes,
    TotalSuccesses,
    TotalFailures,
    TotalIgnored,
    TotalAbandoned,
    TotalRejected,
    TotalLate,
}

impl Key {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Admitted => "admitted",
            Self::Rejected => "rejected",
            Self::Failures => "failures",
            Self::Successes => "successes",
            Self::RetryAfter => "retry_after",
            Self::Cause => "cause",
            Self::Trips => "trips",
            Self::Changes => "changes",
            Self::TotalSuccesses => "total_successes",
            Self::TotalFailures => "total_failures",
            Self::TotalIgnored => "total_ignored",
            Self::TotalAbandoned => "total_abandoned",
            Self::TotalRejected => "total_rejected",
            Self::TotalLate => "total_late",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fact {
    Count(u64),
    /// `None` in a state that names no moment.
    Length(Option<Duration>),
    State(State),
    States(Vec<State>),
    Cause(Option<Rule>),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Length(Some(length)) => duration::show(*length).fmt(f),
            Self::State(state) => state.fmt(f),
            Self::States(states) => {
                let names: Vec<_> = states.iter().map(|state| state.as_str()).collect();
                write!(f, "[{}]", names.join(", "))
            }
            Self::Cause(Some(rule)) => rule.fmt(f),
            Self::Length(None) | Self::Cause(None) => f.write_str("none"),
        }
    }
}
