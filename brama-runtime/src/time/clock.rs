//! The clock: the one place that reads the time.

#[cfg(not(target_os = "linux"))]
use std::time::Instant;
use std::{fmt, sync::Arc, task::Waker, time::SystemTime};

use once_cell::sync::Lazy;
#[cfg(target_os = "linux")]
use rustix::time::{ClockId, clock_gettime};

use super::timer::Timer;
use crate::circuit::Tick;

/// A source of time for a registry and all its breakers.
///
/// Both answers count nanoseconds from one origin and never go backwards; a breaker reads a step
/// back as no time passed. They are called on the path of a call, so they must be quick and must
/// not block. Where one panics, the outcome of that call is lost, its answer may be leaked, and a probe
/// keeps its place until `probe_timeout`; where the call is panicking already, the process aborts.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present moment.
    fn now(&self) -> Tick;

    /// A moment not after the present one, cheaper to get: as it was at the clock's last tick, at
    /// most 20 ms ago (one further behind refuses for that much too long). Default:
    /// [`now`](Self::now).
    fn coarse(&self) -> Tick {
        self.now()
    }

    /// The present moment on the calendar, for events. Default: the system's.
    #[expect(clippy::disallowed_methods, reason = "this is the file that reads the clock")]
    fn calendar(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Has `waker` woken once this clock has come to `at`: soon, where that is so already. It is asked
    /// by those who wait, [`Breaker::ready`](crate::breaker::Breaker::ready) and health checks, and never on
    /// the path of a call. A wake too many does no harm, a wake too few leaves them waiting.
    ///
    /// Default: after as much of the system's time as there is until then, on one thread named
    /// `brama-timer` which the first such wake of the process starts and all share; whoever finds
    /// himself woken too early asks again. A clock that is moved by something else than time wakes by
    /// itself when it is moved.
    fn wake_at(&self, at: Tick, waker: &Waker) {
        let left = at.since(self.now());
        TIMER.set(SystemClock.now().after(left), waker.clone());
    }

    /// Says that a wake asked for by [`wake_at`](Self::wake_at) is no longer wanted. Default: nothing,
    /// and it is kept until its time.
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
/// On Linux the coarse moment is the kernel's at its last tick (1 to 10 ms apart) and shares its
/// origin with the precise one, so it is never ahead. Elsewhere both are `Instant`.
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

/// Wakes the tasks that wait on the system's clock. Lazy, since loom's locks are not made in
/// constants.
static TIMER: Lazy<Timer> = Lazy::new(|| Timer::new(|| SystemClock.now()));

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

/// Both clocks are `Instant`.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "this is the file that reads the clock")]
fn read(_: ClockId) -> Tick {
    static ORIGIN: Lazy<Instant> = Lazy::new(Instant::now);
    Tick::ORIGIN.after(ORIGIN.elapsed())
}

/// Tokio's clock, which a test may pause.
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

    /// By a task of the runtime that the caller is on; outside one the clock is the system's.
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

/// The clock of a registry: the system's is called directly, another through a pointer.
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
    fn the_coarse_moment_is_never_ahead_of_the_precise_one() {
        for _ in 0..100_000 {
            let coarse = SystemClock.coarse();
            assert!(coarse <= SystemClock.now());
        }
    }
}
