//! Groups: the breakers of a scope, a label or any other filter, together.

use super::{BreakerFilter, Registry};
use crate::{breaker::Breaker, circuit::Reason, health::Health, status::Status};

impl Registry {
    /// Snapshots of the breakers that the filter chooses, in the order of their identities.
    #[must_use]
    pub fn statuses(&self, filter: BreakerFilter) -> Vec<Status> {
        self.chosen(filter).collect()
    }

    /// How well the dependencies are whose breakers the filter chooses, by the share of open circuits:
    /// degraded from the first open one on, down from half of them; [`Health::under`] judges by other
    /// thresholds. Where the filter chooses none, nothing is wrong.
    ///
    /// An opening past its deadline counts as half-open, for the next call is a probe. Asking changes
    /// nothing.
    pub fn health(&self, filter: BreakerFilter) -> Health {
        Health::of(self.chosen(filter))
    }

    /// The breakers that the filter chooses, in the order of their identities: to ask, to tell or to
    /// act on each.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Identity, Registry, status::BreakerFilter};
    ///
    /// let registry = Registry::new();
    /// let _one = registry.breaker(Identity::new("one").in_scope("payments"));
    /// for breaker in registry.breakers(BreakerFilter::new().scope("payments")) {
    ///     breaker.force_open("the data centre is moved");
    /// }
    /// ```
    #[must_use]
    pub fn breakers(&self, filter: BreakerFilter) -> Vec<Breaker> {
        self.each(filter).collect()
    }

    /// Reports a success to every breaker that the filter chooses: how many. See
    /// [`Breaker::success`].
    pub fn success_all(&self, filter: BreakerFilter) -> usize {
        let breakers = self.each(filter.without_overflow());
        breakers.inspect(Breaker::success).count()
    }

    /// Reports a failure to every breaker that the filter chooses: how many. See
    /// [`Breaker::failure`].
    pub fn failure_all(&self, filter: BreakerFilter, reason: impl Into<Reason>) -> usize {
        let reason = reason.into();
        let breakers = self.each(filter.without_overflow());
        breakers.inspect(|breaker| breaker.failure(reason.clone())).count()
    }

    /// Whether a call of each breaker that the filter chooses would be admitted now; `false` where
    /// it chooses none, as for an identity that nobody knows. Asking changes nothing.
    #[must_use]
    pub fn all_available(&self, filter: BreakerFilter) -> bool {
        let mut breakers = self.each(filter).peekable();
        breakers.peek().is_some() && breakers.all(|breaker| breaker.is_available())
    }

    /// The breakers that the filter chooses, held one at a time: one of a key that is held cannot
    /// make room for another.
    fn each(&self, filter: BreakerFilter) -> impl Iterator<Item = Breaker> {
        let known = |status: Status| self.inside.known(&status.identity);
        self.chosen(filter).filter_map(known).map(Breaker::new)
    }

    /// Predicates are the user's: they run while nothing is held.
    fn chosen(&self, filter: BreakerFilter) -> impl Iterator<Item = Status> {
        let Self { inside } = self;
        inside.all_known().into_iter().filter_map(move |identity| {
            let status = filter.may_mean(&identity).then(|| inside.known(&identity))??.status();
            filter.matches(&status).then_some(status)
        })
    }
}
