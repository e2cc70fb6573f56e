//! Steps of a test: methods that bring a breaker into a state.

use std::time::Duration;

use super::registry::TestRegistry;
use crate::{circuit::State, identity::Identity, outcome::Outcome};

/// # Steps
///
/// Each step does what calls, time or an operator would do, so a breaker in a test behaves as one
/// in production. A breaker that does not exist is created, unless the step does nothing to it.
///
/// With the feature `declared`, a step on a decorated function with a literal identifier uses the
/// settings of its attribute, called or not. Otherwise they apply from its first call on, and until
/// then the defaults are effective: if a step depends on the options (`max_attempts`, `expiry`),
/// call the function once before.
impl TestRegistry {
    /// Brings a breaker into a state by the actions of an operator. If it is in this state already,
    /// it enters it again.
    ///
    /// For [`HalfOpen`](State::HalfOpen) the circuit is opened for 1 ms and the clock advanced by 1
    /// ms; no probe is in flight. For [`Open`](State::Open) the policy sets the duration of the
    /// opening.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{State, testing::TestRegistry};
    ///
    /// let registry = TestRegistry::new();
    /// for state in State::ALL {
    ///     registry.set_state("payment_api", state);
    ///     registry.assert_state("payment_api", state);
    /// }
    /// ```
    pub fn set_state<'a>(&self, identity: impl Into<Identity<'a>>, state: State) {
        let breaker = self.breaker_of_step(&identity.into());
        match state {
            State::Closed => breaker.close(BY_TEST),
            State::Open => breaker.open(BY_TEST),
            State::HalfOpen => {
                // 1 ms is a valid duration, so this cannot fail.
                let _ = breaker.open_for(ONE_MS, BY_TEST);
                self.pass(ONE_MS, breaker.identity());
            }
            State::ForcedOpen => breaker.force_open(BY_TEST),
            State::Disabled => breaker.disable(BY_TEST),
        }
    }

    /// Makes `times` calls that fail, one after the other, and returns how many were admitted.
    ///
    /// While the circuit is open, the calls are rejected and counted as such; past its deadline the
    /// first one is a probe. The calls take no time. If `times` is zero, nothing happens, and the
    /// breaker is not created.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// let registry = brama::testing::TestRegistry::new();
    /// assert_eq!(registry.fail_times("payment_api", 12), 10);
    /// registry.assert_rejected("payment_api", 2);
    /// ```
    pub fn fail_times<'a>(&self, identity: impl Into<Identity<'a>>, times: usize) -> usize {
        self.call_times(&identity.into(), times, &Outcome::failure(BY_TEST))
    }

    /// Makes `times` calls that succeed, one after the other, and returns how many were admitted.
    pub fn succeed_times<'a>(&self, identity: impl Into<Identity<'a>>, times: usize) -> usize {
        self.call_times(&identity.into(), times, &Outcome::Success)
    }

    fn call_times(&self, identity: &Identity<'_>, times: usize, outcome: &Outcome) -> usize {
        if times == 0 {
            return 0;
        }
        let breaker = self.breaker_of_step(identity);
        let call = |_| breaker.try_acquire().map(|permit| permit.record(outcome.clone()));
        (0..times).flat_map(call).count()
    }

    /// Closes an open circuit as if its dependency had recovered: the clock advances to the
    /// deadline, then `success_threshold` probes succeed. With a `ramp`, the clock then advances to
    /// its end.
    ///
    /// A half-open circuit needs only the probes. Probes that the test has in flight keep their
    /// places, and are late once the circuit is closed. A closed or disabled circuit does not
    /// change.
    ///
    /// # Panics
    ///
    /// If the circuit is forced open, because neither time nor successes close it, or if the
    /// breaker is unused.
    #[track_caller]
    pub fn recover<'a>(&self, identity: impl Into<Identity<'a>>) {
        let status = self.used(&identity.into());
        if matches!(status.state, State::Closed | State::Disabled) {
            return;
        }
        let breaker = self.breaker(&status.identity);
        assert!(
            status.state != State::ForcedOpen,
            "{} is forced open, from which only an action recovers: `set_state`, `close`, `reset`",
            status.identity
        );
        if let Some(left) = status.retry_after {
            self.pass(left, &status.identity);
        }
        while breaker.state() == State::HalfOpen {
            let status = breaker.status();
            match status.admitting {
                Some(_) => self.pass(status.policy.ramp().unwrap_or(ONE_SECOND), &status.identity),
                None => breaker.success(),
            }
        }
    }

    /// Advances the clock to the end of an opening or of a ramp, and lets the breaker notice.
    fn pass(&self, left: Duration, identity: &Identity<'_>) {
        self.advance(left);
        self.slot(identity, None).sweep();
    }
}

const BY_TEST: &str = "a test";
const ONE_MS: Duration = Duration::from_millis(1);
const ONE_SECOND: Duration = Duration::from_secs(1);
