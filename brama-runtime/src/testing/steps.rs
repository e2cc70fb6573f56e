//! Steps of a test: what happens to a breaker, in a word.

use std::time::Duration;

use super::registry::TestRegistry;
use crate::{circuit::State, identity::Identity, outcome::Outcome};

/// # Steps
///
/// Each does what calls, time or an operator would do, so whatever holds of a breaker in service
/// holds of one in a test. A breaker that is not there is made.
///
/// A registry learns the options of a decorated function from its first call. Where a step depends
/// on them (`max_attempts`, `expiry`), call the function once before it; until then the defaults
/// are in force.
impl TestRegistry {
    /// Brings a breaker into a state, afresh where it is in it already, by the actions of an
    /// operator.
    ///
    /// [`HalfOpen`](State::HalfOpen) is an opening of 1 ms that has come due: the clock is advanced
    /// by that, and no probe is in flight. [`Open`](State::Open) lasts as long as the policy says.
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
        let breaker = self.breaker(identity);
        match state {
            State::Closed => breaker.close(BY_TEST),
            State::Open => breaker.open(BY_TEST),
            State::HalfOpen => {
                // Nothing to refuse: a moment is a whole millisecond.
                let _ = breaker.open_for(MOMENT, BY_TEST);
                self.pass(MOMENT, breaker.identity());
            }
            State::ForcedOpen => breaker.force_open(BY_TEST),
            State::Disabled => breaker.disable(BY_TEST),
        }
    }

    /// Makes `times` calls that fail, one after the other, and answers how many were let through.
    ///
    /// They ask as calls do: once the circuit is open they are refused and counted as rejected, and
    /// past its deadline the first is a probe. They take no time. Zero changes nothing.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// let registry = brama::testing::TestRegistry::new();
    /// assert_eq!(registry.fail_times("payment_api", 12), 10);
    /// registry.assert_rejected("payment_api", 2);
    /// ```
    pub fn fail_times<'a>(&self, identity: impl Into<Identity<'a>>, times: usize) -> usize {
        self.call_times(identity.into(), times, &Outcome::failure(BY_TEST))
    }

    /// Makes `times` calls that succeed, likewise.
    pub fn succeed_times<'a>(&self, identity: impl Into<Identity<'a>>, times: usize) -> usize {
        self.call_times(identity.into(), times, &Outcome::Success)
    }

    fn call_times(&self, identity: Identity<'_>, times: usize, outcome: &Outcome) -> usize {
        let breaker = self.breaker(identity);
        let call = |_| breaker.try_acquire().map(|permit| permit.record(outcome.clone()));
        (0..times).flat_map(call).count()
    }

    /// Has an open circuit close again as it would with a dependency that is back: time passes up
    /// to the deadline, then probes succeed, as many as `success_threshold` says.
    ///
    /// A half-open circuit needs the probes alone; probes that the test itself has in flight keep
    /// their places, and are late once it is closed. A closed or disabled one is left as it is.
    ///
    /// # Panics
    ///
    /// Where the circuit is forced open: no time and no success leads out of that.
    #[track_caller]
    pub fn recover<'a>(&self, identity: impl Into<Identity<'a>>) {
        let breaker = self.breaker(identity);
        let status = breaker.status();
        assert!(
            status.state != State::ForcedOpen,
            "{} is forced open, from which only an action recovers: `set_state`, `close`, `reset`",
            status.identity
        );
        if let Some(left) = status.retry_after {
            self.pass(left, &status.identity);
        }
        while breaker.state() == State::HalfOpen {
            breaker.success();
        }
    }

    /// Lets the rest of an opening pass, and has the breaker notice.
    fn pass(&self, left: Duration, identity: &Identity<'_>) {
        self.advance(left);
        self.slot(identity, None).sweep();
    }
}

const BY_TEST: &str = "a test";
const MOMENT: Duration = Duration::from_millis(1);
