//! A clock that moves when told.

use std::{
    panic::RefUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Waker,
    time::{Duration, SystemTime},
};

#[cfg(feature = "tokio")]
use crate::time::clock::TokioClock;
use crate::{
    circuit::Tick,
    sys::sync::Mutex,
    time::{clock::Clock, timer::Alarms},
};

/// A clock that stands still until it is moved. Clones are the same clock.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Registry, State, testing::ManualClock};
/// use std::time::Duration;
///
/// let clock = ManualClock::new();
/// let breaker = Registry::with_clock(clock.clone()).breaker("payment_api");
/// breaker.open_for(Duration::from_secs(5), "a test")?;
/// clock.advance(Duration::from_secs(5));
/// assert!(breaker.is_available());
/// # Ok::<(), brama::error::InvalidLength>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ManualClock {
    inside: Arc<ClockState>,
}

#[derive(Debug, Default)]
struct ClockState {
    nanos: AtomicU64,
    alarms: Mutex<Alarms>,
}

/// A panic leaves the alarms whole, so a test may catch one that passes through the clock.
impl RefUnwindSafe for ClockState {}

impl ManualClock {
    /// A clock at its origin.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets that much time pass, at one stroke. Those who waited for a moment that has come now are
    /// woken before this returns.
    pub fn advance(&self, length: Duration) {
        let later = |nanos| Some(Tick::from_nanos(nanos).after(length).as_nanos());
        // The closure always answers, so there is nothing to fail.
        let _ = self.inside.nanos.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
        self.ring();
    }

    fn ring(&self) {
        let due = self.inside.alarms.lock().due(self.now());
        due.wake();
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.inside.nanos.load(Ordering::Relaxed))
    }

    /// As long after the beginning of 1970 as the clock is after its origin.
    fn calendar(&self) -> SystemTime {
        after_epoch(self.now())
    }

    /// The alarm is set first and the clock read after it: who advances moves the clock first and
    /// looks for alarms after it, so one of the two finds the other.
    fn wake_at(&self, at: Tick, waker: &Waker) {
        let waker = waker.clone();
        self.inside.alarms.lock().set(at, waker);
        self.ring();
    }

    fn forget_wake(&self, at: Tick, waker: &Waker) {
        let unset = self.inside.alarms.lock().unset(at, waker);
        drop(unset);
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

    /// By tokio, and by whatever moves the clock ahead: that may be too early, and whoever waits asks
    /// again.
    fn wake_at(&self, at: Tick, waker: &Waker) {
        self.ahead.wake_at(self.ahead.now().after(Duration::from_nanos(1)), waker);
        let ahead = self.ahead.now().since(Tick::ORIGIN);
        self.tokio.wake_at(Tick::ORIGIN.after(at.since(Tick::ORIGIN.after(ahead))), waker);
    }
}

/// The same in every run.
fn after_epoch(now: Tick) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(now.as_nanos())
}
