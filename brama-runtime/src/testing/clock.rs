//! A clock that tests control.

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
    time::{alarms::Alarms, clock::Clock},
};

/// A clock that stands still until [`advance`](Self::advance) moves it. Clones share their time.
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
    state: Arc<ClockState>,
}

#[derive(Debug, Default)]
struct ClockState {
    nanos: AtomicU64,
    alarms: Mutex<Alarms>,
}

// A panic leaves the alarms intact, so a test may catch one that passes through the clock.
impl RefUnwindSafe for ClockState {}

impl ManualClock {
    /// Creates a clock at its origin.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock forward by `duration` in one step. Wakers whose time has come are woken
    /// before this returns.
    pub fn advance(&self, duration: Duration) {
        let later = |nanos| Some(Tick::from_nanos(nanos).after(duration).as_nanos());
        // The closure never returns `None`, so the update cannot fail.
        let _ = self.state.nanos.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
        self.wake_due();
    }

    fn wake_due(&self) {
        let due = self.state.alarms.lock().due(self.now());
        due.wake();
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.state.nanos.load(Ordering::Relaxed))
    }

    /// The Unix epoch plus the time since the clock's origin.
    fn calendar(&self) -> SystemTime {
        after_epoch(self.now())
    }

    // This sets the alarm first and reads the clock afterwards. `advance` moves the clock first and
    // looks for due alarms afterwards. So at least one of them sees the other.
    fn wake_at(&self, at: Tick, waker: &Waker) {
        let waker = waker.clone();
        self.state.alarms.lock().set(at, waker);
        self.wake_due();
    }

    fn forget_wake(&self, at: Tick, waker: &Waker) {
        let unset = self.state.alarms.lock().unset(at, waker);
        drop(unset);
    }
}

/// Tokio's clock, plus the time by which a test has advanced it by hand.
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

    // The waker is woken by tokio's timer, and whenever the clock is advanced by hand. The latter
    // may be too early; the woken task then checks the time again.
    fn wake_at(&self, at: Tick, waker: &Waker) {
        self.ahead.wake_at(self.ahead.now().after(Duration::from_nanos(1)), waker);
        let ahead = self.ahead.now().since(Tick::ORIGIN);
        self.tokio.wake_at(Tick::ORIGIN.after(at.since(Tick::ORIGIN.after(ahead))), waker);
    }
}

/// A calendar time that is equal in every run.
fn after_epoch(now: Tick) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(now.as_nanos())
}
