//! A registry for one test.

use std::{ops::Deref, time::Duration};

use super::clock::ManualClock;
use crate::registry::{Entered, Registry};

/// A registry for one test, with its own clock.
///
/// While the guard of [`enter`](Self::enter) lives, decorated functions that are called on this
/// thread use this registry instead of the global one, except functions whose attribute names a
/// `registry`. The options of an attribute apply from the function's first call on, as in the
/// global registry; with the feature `declared`, the steps and assertions of the test know them
/// before. The global breakers are not affected, so tests can run in parallel and start without any
/// breaker.
///
/// It dereferences to [`Registry`]. Clones share the registry and the clock. Jitter is the same in
/// every run.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{State, testing::TestRegistry};
/// use std::time::Duration;
///
/// let registry = TestRegistry::new();
/// let _entered = registry.enter();
///
/// // … call decorated functions here …
/// registry.fail_times("payment_api", 10);
/// registry.assert_state("payment_api", State::Open);
///
/// registry.advance(Duration::from_secs(60));
/// assert!(registry.breaker("payment_api").is_available());
/// ```
///
/// # Asynchronous tests
///
/// A call of an asynchronous function uses the registry that is entered on the thread that polls it
/// first, and keeps it. On tokio's current-thread runtime, which `#[tokio::test]` uses, spawned
/// tasks run on the test's thread too. For spawned tasks of a multi-threaded runtime, see
/// [`scope`](Self::scope). For tests that pause the runtime's clock, see
/// `on_tokio_time` (feature `tokio`).
///
/// # Threads
///
/// A guard affects only its own thread. Other threads that the test starts must enter the registry
/// too:
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::testing::TestRegistry;
///
/// let registry = TestRegistry::new();
/// let clone = registry.clone();
/// let worker = std::thread::spawn(move || {
///     let _entered = clone.enter();
///     // … call decorated functions here …
/// });
/// worker.join().expect("the worker does not panic");
/// ```
#[derive(Debug, Clone)]
pub struct TestRegistry {
    registry: Registry,
    clock: ManualClock,
}

impl TestRegistry {
    /// Creates an empty registry on a [`ManualClock`].
    #[must_use]
    pub fn new() -> Self {
        let clock = ManualClock::new();
        Self { registry: Registry::with_clock(clock.clone()), clock }
    }

    /// Creates an empty registry on tokio's clock. Feature `tokio`.
    ///
    /// Under `#[tokio::test(start_paused = true)]` the time stands still with the runtime's clock;
    /// it moves with `tokio::time::advance`, and when the runtime skips to its next timer.
    /// Otherwise the time is the system's, also outside the runtime, where a paused clock cannot be
    /// read. [`advance`](Self::advance) moves the time of this registry only.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::testing::TestRegistry;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let registry = TestRegistry::on_tokio_time();
    /// registry.fail_times("payment_api", 10);
    /// assert!(!registry.breaker("payment_api").is_available());
    /// tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    /// assert!(registry.breaker("payment_api").is_available());
    /// # }
    /// ```
    #[cfg(feature = "tokio")]
    #[must_use]
    pub fn on_tokio_time() -> Self {
        let clock = ManualClock::new();
        let ahead = super::clock::AheadOfTokio::new(clock.clone());
        Self { registry: Registry::with_clock(ahead), clock }
    }

    /// Makes decorated functions on this thread use this registry while the guard lives.
    ///
    /// Guards nest, and may be dropped in any order: the newest live guard decides. A panic drops
    /// the guard as it unwinds. An admitted call and a [`CircuitOpen`](crate::breaker::CircuitOpen)
    /// belong to the registry in which they began, even after the guard is dropped. In the
    /// destructor of a thread-local, the guard may have no effect.
    pub fn enter(&self) -> Entered {
        Entered::new(self.registry.clone())
    }

    /// Moves the clock forward by `duration`.
    pub fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    /// Returns the clock that [`advance`](Self::advance) moves. Other parts of the test can share
    /// it.
    #[must_use]
    pub const fn clock(&self) -> &ManualClock {
        &self.clock
    }
}

impl Default for TestRegistry {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for TestRegistry {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        &self.registry
    }
}
