//! A registry for one test.

use std::{ops::Deref, time::Duration};

use super::clock::ManualClock;
use crate::registry::{Entered, Registry};

/// A registry with a clock of its own, which a test enters in place of the global one.
///
/// While the guard of [`enter`](Self::enter) lives, decorated functions that are called on this
/// thread use this registry, whatever their identifiers; those that name a `registry` keep theirs.
/// The options of the attribute apply as they do in the global registry: from the first call on.
/// The global breakers neither see nor feel any of it, so tests run in parallel and start from
/// nothing.
///
/// It is a [`Registry`], so whatever can be asked of one can be asked of it. Clones are the same
/// registry on the same clock. Jitter is the same in every run.
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
/// An asynchronous function uses the registry that is entered on the thread which polls it first,
/// and stays with it. On tokio's current-thread runtime, the one of `#[tokio::test]`, that is the
/// test's thread for spawned tasks too. See `on_tokio_time` (feature `tokio`) for tests that
/// pause the runtime's clock.
///
/// # Threads
///
/// A thread that the test starts has entered nothing. It enters by itself:
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::testing::TestRegistry;
///
/// let registry = TestRegistry::new();
/// let there = registry.clone();
/// let worker = std::thread::spawn(move || {
///     let _entered = there.enter();
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
    /// An empty registry on a clock that stands still until it is moved.
    #[must_use]
    pub fn new() -> Self {
        let clock = ManualClock::new();
        Self { registry: Registry::with_clock(clock.clone()), clock }
    }

    /// An empty registry whose time is that of tokio. Feature `tokio`.
    ///
    /// Under `#[tokio::test(start_paused = true)]` it stands still with the runtime's clock, moves
    /// with `tokio::time::advance` and whenever the runtime skips to its next timer; otherwise it
    /// is the system's. [`advance`](Self::advance) moves this registry alone ahead. Outside the
    /// runtime a paused clock cannot be read, so there it is the system's as well.
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

    /// Has decorated functions on this thread use this registry for as long as the guard lives.
    ///
    /// Guards nest: of those that live, the newest decides, in whatever order they are dropped. A
    /// panic leaves as it unwinds. A call that was let through, and a
    /// [`CircuitOpen`](crate::breaker::CircuitOpen), stay with the registry in which they began, however
    /// long they live.
    pub fn enter(&self) -> Entered {
        Entered::new(self.registry.clone())
    }

    /// Lets that much time pass.
    pub fn advance(&self, length: Duration) {
        self.clock.advance(length);
    }

    /// The clock that [`advance`](Self::advance) moves, to be shared with what else the test makes.
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
