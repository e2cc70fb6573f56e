//! The clock of tokio, which tests pause.

use std::task::Waker;

use brama_runtime::api::{circuit::Tick, clock::Clock};
use tokio::time::{Instant, sleep};

/// The clock of tokio, which tests pause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PausedClock(Instant);

impl PausedClock {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for PausedClock {
    fn now(&self) -> Tick {
        Tick::ORIGIN.after(self.0.elapsed())
    }

    fn wake_at(&self, at: Tick, waker: &Waker) {
        let (left, waker) = (at.since(self.now()), waker.clone());
        tokio::spawn(async move {
            sleep(left).await;
            waker.wake();
        });
    }
}
