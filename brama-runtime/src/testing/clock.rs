//! A clock that moves when told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

#[cfg(feature = "tokio")]
use crate::clock::TokioClock;
use crate::{circuit::Tick, clock::Clock};

/// A clock that stands still until it is moved. Clones are the same clock.
///
/// ```
/// # use brama_runtime as brama;
/// use brama::{Registry, State, testing::ManualClock};
/// use std::time::Duration;
///
/// let clock = ManualClock::new();
/// let breaker = Registry::with_clock(clock.clone()).breaker("payment_api");
/// breaker.open_for(Duration::from_secs(5), "a test")?;
/// clock.advance(Duration::from_secs(5));
/// assert!(breaker.is_available());
/// # Ok::<(), brama::InvalidLength>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ManualClock {
    nanos: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock at its origin.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets that much time pass.
    pub fn advance(&self, length: Duration) {
        let later = |nanos| Some(Tick::from_nanos(nanos).after(length).as_nanos());
        // The closure always answers, so there is nothing to fail.
        let _ = self.nanos.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.nanos.load(Ordering::Relaxed))
    }

    /// As long after the beginning of 1970 as the clock is after its origin.
    fn calendar(&self) -> SystemTime {
        after_epoch(self.now())
    }
}

/// Tokio's clock, and what a test has moved it ahead by hand.
#[cfg(feature = "tokio")]
#[derive(Debug)]
pub(super) struct AheadOfTokio {
    tokio: TokioClock,
    ahead: ManualClock,
}

#[cfg(feature = "tokio")]
impl AheadOfTokio {
    pub(super) fn new(ahead: ManualClock) -> Self {
        Self { tokio: TokioClock::new(), ahead }
    }
}

#[cfg(feature = "tokio")]
impl Clock for AheadOfTokio {
    fn now(&self) -> Tick {
        self.tokio.now().after(self.ahead.now().since(Tick::ORIGIN))
    }

    fn calendar(&self) -> SystemTime {
        after_epoch(self.now())
    }
}

/// The same in every run.
fn after_epoch(now: Tick) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(now.as_nanos())
}
