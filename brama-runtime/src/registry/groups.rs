//! Groups: the breakers of a scope, a label or any other filter, together.

use std::sync::Arc;

use super::{Filter, Registry};
use crate::{
    breaker::{Breaker, Slot},
    circuit::Reason,
    health::Health,
    status::Status,
};

impl Registry {
    /// Snapshots of the breakers that the filter chooses, in the order of their identities.
    #[must_use]
    pub fn statuses(&self, filter: Filter) -> Vec<Status> {
        self.chosen(filter).map(|(_, status)| status).collect()
    }

    /// How well the dependencies are whose breakers the filter chooses, by the share of open circuits:
    /// degraded from the first open one on, down from half of them; [`Health::under`] judges by other
    /// thresholds. Where the filter chooses none, nothing is wrong.
    ///
    /// An opening past its deadline counts as half-open, for the next call is a probe. Asking changes
    /// nothing.
    pub fn health(&self, filter: Filter) -> Health {
        Health::of(self.chosen(filter).map(|(_, status)| status))
    }

    /// The breakers that the filter chooses, in the order of their identities: to ask, to tell or to
    /// act on each.
    ///
    /// ```
    /// # use brama_runtime as brama;
    /// use brama::{Filter, Identity, Registry};
    ///
    /// let registry = Registry::new();
    /// let _one = registry.breaker(Identity::new("one").in_scope("payments"));
    /// for breaker in registry.breakers(Filter::new().scope("payments")) {
    ///     breaker.force_open("the data centre is moved");
    /// }
    /// ```
    #[must_use]
    pub fn breakers(&self, filter: Filter) -> Vec<Breaker> {
        self.chosen(filter).map(|(slot, _)| Breaker::new(slot)).collect()
    }

    /// Reports a success to every breaker that the filter chooses: how many. See
    /// [`Breaker::success`].
    pub fn success_all(&self, filter: Filter) -> usize {
        let breakers = self.breakers(filter.without_overflow());
        breakers.iter().for_each(Breaker::success);
        breakers.len()
    }

    /// Reports a failure to every breaker that the filter chooses: how many. See
    /// [`Breaker::failure`].
    pub fn failure_all(&self, filter: Filter, reason: impl Into<Reason>) -> usize {
        let (breakers, reason) = (self.breakers(filter.without_overflow()), reason.into());
        for breaker in &breakers {
            breaker.failure(reason.clone());
        }
        breakers.len()
    }

    /// Whether a call of each breaker that the filter chooses would be admitted now; `false` where
    /// it chooses none, as for an identity that nobody knows. Asking changes nothing.
    #[must_use]
    pub fn all_available(&self, filter: Filter) -> bool {
        let breakers = self.breakers(filter);
        !breakers.is_empty() && breakers.iter().all(Breaker::is_available)
    }

    /// Predicates are the user's: they run while nothing is held.
    fn chosen(&self, filter: Filter) -> impl Iterator<Item = (Arc<Slot>, Status)> {
        let Self { inside } = self;
        inside.all_known().into_iter().filter_map(move |identity| {
            let slot = filter.may_mean(&identity).then(|| inside.known(&identity))??;
            let status = slot.status();
            filter.matches(&status).then_some((slot, status))
        })
    }
}
