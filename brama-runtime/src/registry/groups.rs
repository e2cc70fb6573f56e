//! Groups: the breakers of a scope, a label or any other filter, together.

use std::fmt;

use super::{BreakerFilter, Registry};
use crate::{
    breaker::Breaker,
    checks::{CheckSchedule, HealthCheck},
    circuit::Reason,
    error::AddCheckError,
    identity::Identity,
    status::{Health, Status},
};

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
    ///     breaker.force_open("the data centre is last_active");
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

impl Registry {
    /// Has `check` ask a dependency at an interval how it is, off the path of calls, until the handle
    /// is dropped.
    ///
    /// A check that passes makes an open circuit half-open as if the opening were over, counts as a
    /// success where it is half-open, and says nothing where it is closed. One that fails is a failure,
    /// as [`Breaker::failure`](crate::breaker::Breaker::failure) reports it: its error is the reason, `health
    /// check: connection refused`. A circuit that was forced open or disabled stays so. While the
    /// breaker is unregistered its check does not run; where it is not there yet, it is made, so
    /// `register` comes first.
    ///
    /// Ask the dependency itself, not through a function that the same breaker protects: that would be
    /// refused while it is open.
    ///
    /// The closures of a registry run one after the other on one thread entry `brama-checks`, which the
    /// first starts and which ends with the last. One that panics has failed, and runs again. One that
    /// takes longer than its timeout (by default its interval) has failed at that moment, and what it
    /// answers later is ignored. It cannot be stopped: it keeps its thread until it returns and is not
    /// run again before that, while another thread takes over the rest. Time is the registry's clock's,
    /// which may start a thread of its own: see [`Clock::wake_at`](crate::time::clock::Clock::wake_at).
    ///
    /// # Errors
    ///
    /// [`AddCheckError`] where interval or timeout is not whole milliseconds, at least 1 ms, or where
    /// the system gives no thread; nothing is added.
    pub fn add_check<'a, T, E: fmt::Display>(
        &self,
        identity: impl Into<Identity<'a>>,
        schedule: impl Into<CheckSchedule>,
        check: impl FnMut() -> Result<T, E> + Send + 'static,
    ) -> Result<HealthCheck, AddCheckError> {
        let schedule = schedule.into().validated()?;
        self.inside.checks.add(self.slot(&identity.into(), None), schedule, check)
    }

    /// The same for a check that is a future: each run is a task of the tokio runtime on which this is
    /// called. Feature `tokio`.
    ///
    /// A run that takes too long is dropped, as soon as it yields. One that is dropped with its runtime
    /// says nothing.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::Registry;
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), brama::error::AddCheckError> {
    /// let registry = Registry::new();
    /// let every = Duration::from_secs(10);
    /// let check = registry.add_check_async("ledger", every, || async {
    ///     // … ask the ledger …
    ///     Ok::<(), std::io::Error>(())
    /// })?;
    /// # drop(check);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`AddCheckError`] where interval or timeout is not whole milliseconds, at least 1 ms, or where
    /// there is no runtime; nothing is added.
    #[cfg(feature = "tokio")]
    pub fn add_check_async<'a, T, E, F>(
        &self,
        identity: impl Into<Identity<'a>>,
        schedule: impl Into<CheckSchedule>,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Result<HealthCheck, AddCheckError>
    where
        E: fmt::Display,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let schedule = schedule.into().validated()?;
        self.inside.checks.add_future(self.slot(&identity.into(), None), schedule, check)
    }
}
