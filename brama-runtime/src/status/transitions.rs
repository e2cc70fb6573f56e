//! The numbers of changes from one state to another.

use std::ops::AddAssign;

#[cfg(feature = "serde")]
use serde::{Serialize, Serializer};

use crate::circuit::State;

/// How often a circuit went from one state to another, since the breaker was created.
///
/// Only changes to another state count, as in events. Like the totals, the numbers never go
/// backwards. In JSON it is a list of `{ "from", "to", "count" }`.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Registry, State};
///
/// let breaker = Registry::new().breaker("payment_api");
/// breaker.open("maintenance");
/// breaker.close("done");
/// let transitions = breaker.status().transitions;
/// assert_eq!(transitions.count(State::Closed, State::Open), 1);
/// assert_eq!(transitions.iter().count(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transitions(Vec<(State, State, u64)>);

impl Transitions {
    /// Returns how often the circuit went from `from` to `to`.
    #[must_use]
    pub fn count(&self, from: State, to: State) -> u64 {
        self.iter().find(|(old, new, _)| (*old, *new) == (from, to)).map_or(0, |(.., count)| count)
    }

    /// Iterates over the pairs of states that occurred, each with its number, in the order of their
    /// first occurrence.
    pub fn iter(&self) -> impl Iterator<Item = (State, State, u64)> {
        self.0.iter().copied()
    }

    pub(crate) fn add(&mut self, from: State, to: State) {
        self.add_some(from, to, 1);
    }

    fn add_some(&mut self, from: State, to: State, some: u64) {
        match self.0.iter_mut().find(|(old, new, _)| (*old, *new) == (from, to)) {
            Some((.., count)) => *count += some,
            None => self.0.push((from, to, some)),
        }
    }

    /// What was counted after `before`; `None` if a number is smaller than it was then.
    pub(super) fn since(&self, before: &Self) -> Option<Self> {
        let is_older = before.iter().all(|(from, to, count)| count <= self.count(from, to));
        let added = |(from, to, count)| (from, to, count - before.count(from, to));
        is_older.then(|| Self(self.iter().map(added).filter(|(.., count)| 0 < *count).collect()))
    }
}

impl AddAssign<&Self> for Transitions {
    fn add_assign(&mut self, other: &Self) {
        other.iter().for_each(|(from, to, count)| self.add_some(from, to, count));
    }
}

#[cfg(feature = "serde")]
impl Serialize for Transitions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Pair {
            from: State,
            to: State,
            count: u64,
        }

        serializer.collect_seq(self.iter().map(|(from, to, count)| Pair { from, to, count }))
    }
}
