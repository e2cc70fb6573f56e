//! The clock of tokio, which stands still while a task has something to do.

use std::{
    task::Waker,
    time::{Duration, SystemTime},
};

use brama_runtime::api::{circuit::Tick, clock::Clock};
use tokio::time::{Instant, sleep};

/// The clock of tokio.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PausedClock(Instant);

/// What the calendar shows at the start of each run, in seconds since 1970.
const START: u64 = 1_800_000_000;

impl PausedClock {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }

    /// The time since the start of the run.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// A moment of the run.
    pub(crate) fn at(&self, since_start: Duration) -> Instant {
        self.0 + since_start
    }
}

impl Clock for PausedClock {
    fn now(&self) -> Tick {
        Tick::ORIGIN.after(self.elapsed())
    }

    fn calendar(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(START) + self.elapsed()
    }

    fn wake_at(&self, at: Tick, waker: &Waker) {
        let (left, waker) = (at.since(self.now()), waker.clone());
        tokio::spawn(async move {
            sleep(left).await;
            waker.wake();
        });
    }
}
