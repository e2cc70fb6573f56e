//! The series of a breaker: what metrics show of it.

use std::{borrow::Cow, iter::zip};

use super::{Rejections, Transitions};
use crate::{
    circuit::{State, WindowCounts},
    counters::Totals,
    histogram::Durations,
    identity::Identity,
    text::distinct,
};

/// What metrics show of one breaker, or of several that are summed.
///
/// The counts never go backwards while a breaker exists, and those of a sum never do. Everything
/// else describes the present time.
///
/// [`Registry::for_each_series`](crate::registry::Registry::for_each_series) says which breakers
/// are summed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Series {
    /// The identity of the breaker. A sum has the key [`Series::OTHER`].
    pub identity: Identity<'static>,
    /// The number of breakers that are summed here; `None` for the series of one breaker.
    pub summed: Option<u64>,
    pub(crate) states: [u64; State::ALL.len()],
    /// The calls, by outcome.
    pub totals: Totals,
    /// The rejected calls, by cause.
    pub rejections: Rejections,
    /// The changes from one state to another.
    pub transitions: Transitions,
    /// The number of openings, forced ones included.
    pub openings: u64,
    /// How long calls took; `None` if the setting `durations` is off and was never on.
    pub durations: Option<Durations>,
    /// The number of failures in a row; of a sum, the longest run.
    pub failures: u64,
    /// The counts in the window; `None` if no rule judges it.
    pub window: Option<WindowCounts>,
    /// How many calls the window holds once it is full; `None` if it is a window of time, of no
    /// rule, or of a sum.
    pub window_size: Option<u32>,
    /// The share of failures in the window, from 0 to 1; `None` below `minimum_calls`, without a
    /// rate, and for a sum.
    pub failure_ratio: Option<f64>,
    /// The share of slow calls in the window, as [`failure_ratio`](Self::failure_ratio).
    pub slow_ratio: Option<f64>,
    /// The share of calls that a ramp admits, from 0 to 1; `None` outside a ramp, and for a sum.
    pub admitting: Option<f64>,
}

impl Series {
    /// The key of a sum: `other`. A breaker whose own key is `other` is always part of the sum.
    pub const OTHER: &str = "other";

    /// Returns the number of breakers in this state. It is 1 or 0 for the series of one breaker.
    #[must_use]
    pub fn in_state(&self, state: State) -> u64 {
        let found = zip(State::ALL, self.states).find(|(it, _)| *it == state);
        found.map_or(0, |(_, breakers)| breakers)
    }

    /// Returns the labels of the series: `name`, which is the identifier, and `scope` and `key` if
    /// there are any.
    ///
    /// The values are on one line, with nothing hidden, and have at most 150 bytes or so. If that
    /// changes a text, it ends in `…#` and a hash. So two breakers never have equal labels.
    pub fn labels(&self) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        let Self { identity, .. } = self;
        let name = ("name", Some(identity.identifier()));
        let labels = [name, ("scope", identity.scope()), ("key", identity.key())];
        labels.into_iter().filter_map(|(label, value)| Some((label, distinct(value?))))
    }

    /// Returns a sum of no breakers, of the identifier of an identity.
    #[must_use]
    pub fn sum_of(identifier: &Identity<'_>) -> Self {
        Self {
            identity: identifier.without_key().with_key(Self::OTHER).into_owned(),
            summed: Some(0),
            states: Default::default(),
            totals: Totals::default(),
            rejections: Rejections::default(),
            transitions: Transitions::default(),
            openings: 0,
            durations: None,
            failures: 0,
            window: None,
            window_size: None,
            failure_ratio: None,
            slow_ratio: None,
            admitting: None,
        }
    }

    /// Adds the counts of a breaker to a sum, such as those of a breaker that is gone.
    pub fn add_counts(&mut self, of: &Self) {
        self.totals += of.totals;
        self.rejections += of.rejections;
        self.transitions += &of.transitions;
        self.openings += of.openings;
        if let Some(durations) = &of.durations {
            *self.durations.get_or_insert_default() += durations;
        }
    }

    /// Adds a breaker to a sum: its counts, and its present state.
    pub fn add_breaker(&mut self, of: &Self) {
        self.add_counts(of);
        self.summed = self.summed.map(|summed| summed + 1);
        zip(&mut self.states, of.states).for_each(|(sum, breakers)| *sum += breakers);
        self.failures = self.failures.max(of.failures);
        if let Some(window) = of.window {
            let sum = self.window.unwrap_or_default();
            self.window = Some(sum.plus(window));
        }
    }
}
