//! Groups: operations on all breakers that a filter selects.

use std::{borrow::Borrow, fmt};

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
    /// Returns snapshots of the breakers that the filter selects, sorted by identity.
    ///
    /// A snapshot takes half a kilobyte and more. [`for_each_status`](Self::for_each_status) keeps
    /// one at a time.
    #[must_use]
    pub fn statuses(&self, filter: BreakerFilter) -> Vec<Status> {
        self.chosen_or_declared(filter).collect()
    }

    /// Calls `visit` with a snapshot of each breaker that the filter selects, sorted by identity.
    ///
    /// Only one snapshot exists at a time, so the memory does not grow with the number of breakers,
    /// except for a list of their identities. No lock is held while `visit` runs. It may use the
    /// registry; a breaker that is evicted or unregistered meanwhile is left out, and one that is
    /// created meanwhile too.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Registry, State, status::BreakerFilter};
    ///
    /// let registry = Registry::new();
    /// registry.breaker("search").open("maintenance");
    /// let _payments = registry.breaker("payments");
    /// let mut open = 0;
    /// registry.for_each_status(&BreakerFilter::new(), |status| {
    ///     open += u32::from(status.state == State::Open);
    /// });
    /// assert_eq!(open, 1);
    /// ```
    pub fn for_each_status(&self, filter: &BreakerFilter, mut visit: impl FnMut(&Status)) {
        self.chosen(filter).for_each(|status| visit(&status));
    }

    /// Summarizes the health of the breakers that the filter selects, by the share of open
    /// circuits.
    ///
    /// The default thresholds are: degraded from the first open circuit on, down from half of them.
    /// [`Health::under`] applies other thresholds. If the filter selects no breaker, health is up.
    ///
    /// A circuit past the deadline of its opening counts as half-open, since its next call is a
    /// probe. The query changes nothing.
    pub fn health(&self, filter: BreakerFilter) -> Health {
        Health::of(self.chosen_or_declared(filter))
    }

    /// Returns handles to the breakers that the filter selects, sorted by identity.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Identity, Registry, status::BreakerFilter};
    ///
    /// let registry = Registry::new();
    /// let _one = registry.breaker(Identity::new("one").in_scope("payments"));
    /// for breaker in registry.breakers(BreakerFilter::new().scope("payments")) {
    ///     breaker.force_open("the data centre is being moved");
    /// }
    /// ```
    #[must_use]
    pub fn breakers(&self, filter: BreakerFilter) -> Vec<Breaker> {
        self.each(filter).collect()
    }

    /// Reports a success to every breaker that the filter selects, overflow breakers excepted, and
    /// returns their number. See [`Breaker::success`].
    pub fn success_all(&self, filter: BreakerFilter) -> usize {
        self.each(filter.without_overflow()).inspect(Breaker::success).count()
    }

    /// Reports a failure to every breaker that the filter selects, overflow breakers excepted, and
    /// returns their number. See [`Breaker::failure`].
    pub fn failure_all(&self, filter: BreakerFilter, reason: impl Into<Reason>) -> usize {
        let reason = reason.into();
        let breakers = self.each(filter.without_overflow());
        breakers.inspect(|breaker| breaker.failure(reason.clone())).count()
    }

    /// Returns whether every breaker that the filter selects would admit a call now; `false` if it
    /// selects none, as [`is_available`](Self::is_available) of an unknown identity. It changes
    /// nothing.
    #[must_use]
    pub fn all_available(&self, filter: BreakerFilter) -> bool {
        let mut breakers = self.each(filter).peekable();
        breakers.peek().is_some() && breakers.all(|breaker| breaker.is_available())
    }

    /// The selected breakers, held one at a time: a breaker that is held cannot be evicted.
    fn each(&self, filter: BreakerFilter) -> impl Iterator<Item = Breaker> {
        let known = |status: Status| self.inner.known(&status.identity);
        self.chosen(filter).filter_map(known).map(Breaker::new)
    }

    #[cfg(not(feature = "declared"))]
    fn chosen_or_declared(&self, filter: BreakerFilter) -> impl Iterator<Item = Status> {
        self.chosen(filter)
    }

    /// The statuses of the selected breakers, and of declared functions if the filter includes
    /// them, sorted by identity.
    #[cfg(feature = "declared")]
    fn chosen_or_declared(&self, filter: BreakerFilter) -> impl Iterator<Item = Status> {
        let includes = filter.includes_declared();
        let declared = if includes { self.inner.declared_statuses() } else { Vec::new() };
        let declared: Vec<_> = declared.into_iter().filter(|it| filter.matches(it)).collect();
        merged(self.chosen(filter), declared)
    }

    /// The statuses of the selected breakers. The filter's predicates are user code: they run while
    /// no slot is held and no lock is taken.
    fn chosen(&self, filter: impl Borrow<BreakerFilter>) -> impl Iterator<Item = Status> {
        let Self { inner } = self;
        inner.all_known().into_iter().filter_map(move |identity| {
            let filter = filter.borrow();
            let status =
                filter.matches_identity(&identity).then(|| inner.known(&identity))??.status();
            filter.matches(&status).then_some(status)
        })
    }
}

impl Registry {
    /// Adds a health check that runs in the background at an interval, until the handle is dropped.
    ///
    /// A check that passes makes an open circuit half-open before its time, so that calls can
    /// probe. It closes nothing, because a port that answers does not prove that calls work; with
    /// [`CheckSchedule::closes`] it counts as the success of a probe too. It never shortens an
    /// opening by hand, nor one before the time that a retry-after hint asked for. After it has
    /// shortened an opening, no check shortens another until the circuit has closed.
    ///
    /// A check that fails counts as a failure, as
    /// [`Breaker::failure`](crate::breaker::Breaker::failure) reports it; its error is the reason,
    /// such as `health check: connection refused`. A circuit that is forced open or disabled stays
    /// so.
    ///
    /// The breaker is created if it does not exist, so call `register` first. While the breaker is
    /// unregistered, its check does not run.
    ///
    /// The check should contact the dependency directly. A function that this breaker protects
    /// would be rejected while the circuit is open.
    ///
    /// The closures of a registry run one after the other on one thread, named `brama-checks`. The
    /// first check starts it, and it ends with the last one. A closure that panics has failed, and
    /// runs again at the next interval. A closure that exceeds its timeout (by default its
    /// interval) has failed at that moment, and its later result is ignored. It cannot be stopped:
    /// it occupies its thread and does not run again until it returns, while another thread runs
    /// the other checks. Runs for which the system gives no such thread are skipped.
    ///
    /// Intervals and timeouts are measured on the registry's clock, which may start a thread: see
    /// [`Clock::wake_at`](crate::time::clock::Clock::wake_at).
    ///
    /// # Errors
    ///
    /// [`AddCheckError`] if the interval or the timeout is not a whole number of milliseconds, at
    /// least 1 ms, or if the system cannot start the thread. No check is added then.
    pub fn add_check<'a, T, E: fmt::Display>(
        &self,
        identity: impl Into<Identity<'a>>,
        schedule: impl Into<CheckSchedule>,
        check: impl FnMut() -> Result<T, E> + Send + 'static,
    ) -> Result<HealthCheck, AddCheckError> {
        let schedule = schedule.into().validated()?;
        self.inner.checks.add(self.slot(&identity.into(), None), schedule, check)
    }

    /// Adds a health check that is a future. Feature `tokio`.
    ///
    /// Each run is a task on the tokio runtime on which this function is called. Otherwise the
    /// check works as one of [`add_check`](Self::add_check).
    ///
    /// # Cancellation
    ///
    /// A run that exceeds its timeout has failed, and is dropped at its next `.await`. A run that
    /// is dropped with its runtime has no effect.
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
    /// [`AddCheckError`] if the interval or the timeout is not a whole number of milliseconds, at
    /// least 1 ms, or if there is no runtime. Nothing is added then.
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
        self.inner.checks.add_future(self.slot(&identity.into(), None), schedule, check)
    }
}

/// Merges statuses, each sorted by identity.
#[cfg(feature = "declared")]
fn merged(
    known: impl Iterator<Item = Status>,
    declared: Vec<Status>,
) -> impl Iterator<Item = Status> {
    let (mut known, mut declared) = (known.peekable(), declared.into_iter().peekable());
    std::iter::from_fn(move || {
        let declared_first = match (known.peek(), declared.peek()) {
            (Some(known), Some(declared)) => declared.identity < known.identity,
            (None, Some(_)) => true,
            (Some(_) | None, None) => false,
        };
        if declared_first { declared.next() } else { known.next() }
    })
}
