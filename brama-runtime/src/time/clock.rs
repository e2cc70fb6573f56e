//! The clock: the only place that reads the time.

#[cfg(not(target_os = "linux"))]
use std::time::Instant;
use std::{
    fmt,
    sync::Arc,
    task::Waker,
    time::{Duration, SystemTime},
};

use once_cell::sync::Lazy;
#[cfg(target_os = "linux")]
use rustix::time::{ClockId, clock_gettime};

use super::timer::Timer;
use crate::{circuit::Tick, error::NoThread};

/// A source of time for a registry and all its breakers.
///
/// [`now`](Self::now) and [`coarse`](Self::coarse) count nanoseconds from one origin and never go
/// backwards; a breaker reads a step back as if no time had passed. Both are called on the path of
/// a call, so they must be fast and must not block.
///
/// If one of them panics, the outcome of the call is lost, its answer may be leaked, and a probe
/// keeps its place until `probe_timeout`. If the call is already panicking, the process aborts.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the current tick.
    fn now(&self) -> Tick;

    /// Returns a tick that is not after the current one and cheaper to read: the tick at the last
    /// update of the clock, at most 20 ms ago. A coarse clock that lags by more rejects calls for
    /// that much too long. Default: [`now`](Self::now).
    fn coarse(&self) -> Tick {
        self.now()
    }

    /// Returns the calendar time, which events carry. Default: the system clock.
    #[expect(clippy::disallowed_methods, reason = "this is the file that reads the clock")]
    fn calendar(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Wakes `waker` once this clock has reached `at`, or soon if it has done so already.
    ///
    /// It is called by [`Breaker::ready`](crate::breaker::Breaker::ready), by
    /// [`wait_timeout`](crate::breaker::Breaker::wait_timeout) and by health checks, and never on
    /// the path of a call. An extra wake-up does no harm; a missing one leaves a task
    /// waiting.
    ///
    /// Default: wakes after the remaining duration in system time, on one thread named
    /// `brama-timer`. The first such wake-up of the process starts the thread, and all clocks share
    /// it; in a forked child, the first one starts it again. If the system gives no thread, the
    /// wake-up waits until a later one can start it. A task that is woken too early polls the clock
    /// and waits again. A clock that is not moved by time must wake its tasks itself when it is
    /// moved.
    fn wake_at(&self, at: Tick, waker: &Waker) {
        let left = at.since(self.now());
        TIMER.set(SystemClock.now().after(left), waker.clone());
    }

    /// Cancels a wake-up requested by [`wake_at`](Self::wake_at). Default: does nothing, so the
    /// waker is kept until its time.
    fn forget_wake(&self, at: Tick, waker: &Waker) {
        let _ = (at, waker);
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Tick {
        (**self).now()
    }

    fn coarse(&self) -> Tick {
        (**self).coarse()
    }

    fn calendar(&self) -> SystemTime {
        (**self).calendar()
    }

    fn wake_at(&self, at: Tick, waker: &Waker) {
        (**self).wake_at(at, waker);
    }

    fn forget_wake(&self, at: Tick, waker: &Waker) {
        (**self).forget_wake(at, waker);
    }
}

/// The operating system's monotonic clock.
///
/// On Linux, the coarse tick is the time at the last tick of the kernel (1 to 10 ms apart). It
/// shares its origin with the precise one, so it is never ahead. On other systems, both are read
/// from `Instant`.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[inline]
    fn now(&self) -> Tick {
        read(ClockId::Monotonic)
    }

    #[inline]
    fn coarse(&self) -> Tick {
        read(ClockId::MonotonicCoarse)
    }

    fn wake_at(&self, at: Tick, waker: &Waker) {
        TIMER.set(at, waker.clone());
    }

    fn forget_wake(&self, at: Tick, waker: &Waker) {
        TIMER.unset(at, waker);
    }
}

/// What to do if the system starts no thread for the timer.
const ALTERNATIVE: &str = "give the registry a clock with a `wake_at` of its own";

/// Wakes the tasks that wait for the system clock. It is lazy because loom's locks cannot be
/// created in constants.
static TIMER: Lazy<Arc<Timer>> = Lazy::new(|| Timer::new(|| SystemClock.now()));

#[cfg(target_os = "linux")]
#[inline]
fn read(clock: ClockId) -> Tick {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanos = u64::try_from(time.tv_nsec).unwrap_or_default();
    Tick::from_nanos(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))
}

#[cfg(not(target_os = "linux"))]
enum ClockId {
    Monotonic,
    MonotonicCoarse,
}

/// Both clocks read `Instant`.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "this is the file that reads the clock")]
fn read(_: ClockId) -> Tick {
    static ORIGIN: Lazy<Instant> = Lazy::new(Instant::now);
    Tick::ORIGIN.after(ORIGIN.elapsed())
}

/// Tokio's clock, which a test can pause.
#[cfg(all(feature = "testing", feature = "tokio"))]
#[derive(Debug)]
pub(crate) struct TokioClock {
    origin: tokio::time::Instant,
}

#[cfg(all(feature = "testing", feature = "tokio"))]
impl TokioClock {
    pub(crate) fn new() -> Self {
        Self { origin: tokio::time::Instant::now() }
    }
}

#[cfg(all(feature = "testing", feature = "tokio"))]
impl Clock for TokioClock {
    fn now(&self) -> Tick {
        Tick::ORIGIN.after(self.origin.elapsed())
    }

    /// Wakes from a task of the current runtime. Outside a runtime, the wake-up runs on system
    /// time.
    fn wake_at(&self, at: Tick, waker: &Waker) {
        let (left, waker) = (at.since(self.now()), waker.clone());
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                tokio::time::sleep(left).await;
                waker.wake();
            })),
            Err(_) => TIMER.set(SystemClock.now().after(left), waker),
        }
    }
}

/// The clock of a registry. The system clock is called directly, any other through a pointer.
#[derive(Debug, Clone)]
pub(crate) enum Time {
    System,
    Of(Arc<dyn Clock>),
}

impl Time {
    #[inline]
    pub(crate) fn now(&self) -> Tick {
        match self {
            Self::System => SystemClock.now(),
            Self::Of(clock) => clock.now(),
        }
    }

    #[inline]
    pub(crate) fn coarse(&self) -> Tick {
        match self {
            Self::System => SystemClock.coarse(),
            Self::Of(clock) => clock.coarse(),
        }
    }

    pub(crate) fn calendar(&self) -> SystemTime {
        match self {
            Self::System => SystemClock.calendar(),
            Self::Of(clock) => clock.calendar(),
        }
    }

    pub(crate) fn wake_at(&self, at: Tick, waker: &Waker) {
        match self {
            Self::System => SystemClock.wake_at(at, waker),
            Self::Of(clock) => clock.wake_at(at, waker),
        }
    }

    /// Makes sure that something wakes at the ticks of [`wake_at`](Self::wake_at).
    ///
    /// # Errors
    ///
    /// [`NoThread`] if the system cannot start the timer. A custom clock is trusted.
    pub(crate) fn ensure_wakes(&self) -> Result<(), NoThread> {
        match self {
            Self::System => TIMER
                .run_thread()
                .map_err(|error| NoThread::new(Timer::THREAD, ALTERNATIVE, &error)),
            Self::Of(_) => Ok(()),
        }
    }

    /// Arranges that a blocked thread checks again at `at`. Returns how long the thread may sleep
    /// before it must wake up by itself; `None` if the waker is woken.
    ///
    /// On the system's clock, the thread needs no timer. A custom clock may move by something other
    /// than time, so it wakes the thread, unless it leaves that to the timer and the timer has no
    /// thread.
    pub(crate) fn wake_thread_at(&self, at: Tick, waker: &Waker) -> Option<Duration> {
        let until = match self {
            Self::System => Some(at),
            Self::Of(clock) => {
                clock.wake_at(at, waker);
                TIMER.take_unattended(waker)
            }
        };
        until.map(|until| until.since(SystemClock.now()))
    }

    pub(crate) fn forget_wake(&self, at: Tick, waker: &Waker) {
        match self {
            Self::System => SystemClock.forget_wake(at, waker),
            Self::Of(clock) => clock.forget_wake(at, waker),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarse_tick_is_never_ahead_of_the_precise_one() {
        for _ in 0..100_000 {
            let coarse = SystemClock.coarse();
            assert!(coarse <= SystemClock.now());
        }
    }
}
