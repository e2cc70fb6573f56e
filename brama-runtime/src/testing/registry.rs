//! A registry for one test.

use std::{ops::Deref, time::Duration};

use super::clock::ManualClock;
use crate::registry::Registry;

/// A registry with a clock of its own.
///
/// It is a [`Registry`], so whatever can be asked of one can be asked of it. Clones are the same
/// registry on the same clock. Jitter is the same in every run.
///
/// ```
/// # use brama_runtime as brama;
/// use brama::{State, testing::TestRegistry};
/// use std::time::Duration;
///
/// let registry = TestRegistry::new();
/// registry.fail_times("payment_api", 10);
/// registry.assert_state("payment_api", State::Open);
/// registry.advance(Duration::from_secs(60));
/// assert!(registry.breaker("payment_api").is_available());
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
