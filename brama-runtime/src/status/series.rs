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
    /// Differs between a breaker and an evicted one that had the same key. A sum has 0.
    pub(crate) incarnation: u64,
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
    /// The number of calls in flight; `None` without a `concurrency_limit`.
    pub in_flight: Option<u64>,
    /// How many calls may be in flight at once; `None` without a limit. A sum has the sum.
    pub concurrency_limit: Option<u64>,
    /// 1 while an overlay of a fleet is in force; `None` otherwise.
    pub overlaid: Option<u64>,
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

    /// Creates an empty sum for the identifier of `identity`.
    #[must_use]
    pub fn sum_of(identity: &Identity<'_>) -> Self {
        Self {
            identity: identity.without_key().with_key(Self::OTHER).into_owned(),
            summed: Some(0),
            incarnation: 0,
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
            in_flight: None,
            concurrency_limit: None,
            overlaid: None,
            admitting: None,
        }
    }

    /// Adds the counts of a breaker to a sum, such as those of a breaker that is gone. The longest
    /// call is no count, and not added.
    pub fn add_counts(&mut self, of: &Self) {
        self.totals += of.totals;
        self.rejections += of.rejections;
        self.transitions += &of.transitions;
        self.openings += of.openings;
        if let Some(durations) = &of.durations {
            self.durations.get_or_insert_default().add_counts(durations);
        }
    }

    /// Returns the series with the counts that were added since an earlier series of its breaker,
    /// for libraries whose counters are added to.
    ///
    /// If the breaker was evicted and created again meanwhile, all of its counts are new.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Registry, metrics::Series};
    ///
    /// let registry = Registry::new();
    /// let breaker = registry.breaker("payment_api");
    /// let (mut before, mut successes) = (Series::sum_of(breaker.identity()), 0);
    /// for _ in 0..3 {
    ///     breaker.success();
    ///     registry.for_each_series(|series| {
    ///         successes += series.counts_since(&before).totals.successes;
    ///         before = series.clone();
    ///     });
    /// }
    /// assert_eq!(successes, 3);
    /// ```
    #[must_use]
    pub fn counts_since(&self, before: &Self) -> Self {
        self.without(before).unwrap_or_else(|| self.clone())
    }

    fn without(&self, before: &Self) -> Option<Self> {
        if self.incarnation != before.incarnation {
            return None;
        }
        let durations = match (&self.durations, &before.durations) {
            (None, Some(_)) => return None,
            (Some(durations), Some(before)) => Some(durations.since(before)?),
            (durations, None) => durations.clone(),
        };
        Some(Self {
            totals: self.totals.since(before.totals)?,
            rejections: self.rejections.since(before.rejections)?,
            transitions: self.transitions.since(&before.transitions)?,
            openings: self.openings.checked_sub(before.openings)?,
            durations,
            ..self.clone()
        })
    }

    /// Adds a breaker, or a sum of some, to a sum: the counts and the present state.
    pub fn add_breaker(&mut self, of: &Self) {
        self.add_counts(of);
        self.summed = self.summed.map(|summed| summed + of.summed.unwrap_or(1));
        zip(&mut self.states, of.states).for_each(|(sum, breakers)| *sum += breakers);
        self.failures = self.failures.max(of.failures);
        self.in_flight = sum_of_some(self.in_flight, of.in_flight);
        self.concurrency_limit = sum_of_some(self.concurrency_limit, of.concurrency_limit);
        self.overlaid = sum_of_some(self.overlaid, of.overlaid);
        if let Some(durations) = &of.durations {
            self.durations.get_or_insert_default().raise_maxima(durations);
        }
        if let Some(window) = of.window {
            let sum = self.window.unwrap_or_default();
            self.window = Some(sum.plus(window));
        }
    }
}

fn sum_of_some(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).reduce(|one, other| one + other)
}
