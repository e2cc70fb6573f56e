//! The timer: a thread that wakes alarms when they are due.

use std::{io, sync::Arc, task::Waker};

use super::alarms::{Alarms, Due};
use crate::{
    circuit::Tick,
    sys::{
        sync::Monitor,
        worker::{OwnThread, Worker, lock_is_held, register_worker},
    },
};

/// A thread that wakes alarms when they are due. The first alarm starts it.
pub(crate) struct Timer {
    now: fn() -> Tick,
    state: Monitor<TimerState>,
}

struct TimerState {
    alarms: Alarms,
    thread: OwnThread,
}

impl Timer {
    pub(crate) const THREAD: &str = "brama-timer";

    /// Creates a timer on a clock that runs at the speed of the system clock.
    pub(crate) fn new(now: fn() -> Tick) -> Arc<Self> {
        let state = TimerState { alarms: Alarms::new(), thread: OwnThread::default() };
        let timer = Arc::new(Self { now, state: Monitor::new(state) });
        register_worker(&timer);
        timer
    }

    /// Starts the thread, if it does not run.
    ///
    /// # Errors
    ///
    /// Returns the error of the system if it cannot start the thread.
    pub(crate) fn run_thread(self: &Arc<Self>) -> io::Result<()> {
        self.start(&mut self.state.lock())
    }

    /// Sets an alarm. If the system cannot start the thread, the alarm waits until a later one
    /// starts it.
    pub(crate) fn set(self: &Arc<Self>, at: Tick, waker: Waker) {
        let mut state = self.state.lock();
        state.alarms.set(at, waker);
        let _ = self.start(&mut state);
        drop(state);
        self.state.notify_one();
    }

    pub(crate) fn unset(&self, at: Tick, waker: &Waker) {
        let removed = self.state.lock().alarms.unset(at, waker);
        drop(removed);
    }

    /// Takes an alarm of this waker back if there is no thread to wake it. Returns when it is due.
    pub(crate) fn take_unattended(&self, waker: &Waker) -> Option<Tick> {
        let mut state = self.state.lock();
        if state.thread.exists() {
            return None;
        }
        let at = state.alarms.first_of(waker)?;
        let removed = state.alarms.unset(at, waker);
        drop(state);
        drop(removed);
        Some(at)
    }

    fn start(self: &Arc<Self>, state: &mut TimerState) -> io::Result<()> {
        let this = Arc::clone(self);
        state.thread.start(Self::THREAD, move || this.run())
    }

    fn run(&self) {
        loop {
            self.wait().wake();
        }
    }

    /// Waits until an alarm is due. Setting an alarm notifies, and the lock is held from the read
    /// of the clock to the wait, so no alarm is missed in between.
    fn wait(&self) -> Due {
        let mut state = self.state.lock();
        loop {
            let now = (self.now)();
            state = match state.alarms.first() {
                Some(at) if at <= now => return state.alarms.due(now),
                Some(at) => self.state.wait_for(state, at.since(now)),
                None => self.state.wait(state),
            };
        }
    }
}

impl Worker for Timer {
    fn restart(self: Arc<Self>) -> io::Result<()> {
        let mut state = self.state.try_lock().ok_or_else(lock_is_held)?;
        if state.alarms.first().is_none() { Ok(()) } else { self.start(&mut state) }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU64, Ordering},
        thread,
        time::Duration,
    };

    use super::*;
    use crate::time::woken::wakers;

    #[test]
    fn the_thread_fires_due_alarms_and_survives_a_panic() {
        let timer = Timer::new(|| Tick::from_nanos(9));
        let ([panics, first, never], woken) = wakers();
        timer.set(Tick::from_nanos(100), never);
        timer.set(Tick::from_nanos(1), panics);
        assert_eq!(woken.recv().unwrap(), 0);
        timer.set(Tick::from_nanos(9), first);
        assert_eq!(woken.recv().unwrap(), 1);
        assert!(woken.try_recv().is_err());
    }

    #[test]
    fn a_shorter_wait_wakes_a_thread_that_sleeps_for_a_longer_one() {
        static READS: AtomicU64 = AtomicU64::new(0);
        let timer = Timer::new(|| {
            READS.fetch_add(1, Ordering::Relaxed);
            Tick::ORIGIN
        });
        let ([_, long, short], woken) = wakers();
        timer.set(Tick::ORIGIN.after(Duration::from_secs(1_000_000)), long);
        // The thread reads the clock under the lock and gives it up when it sleeps. `set` needs it.
        while READS.load(Ordering::Relaxed) == 0 {
            thread::yield_now();
        }
        timer.set(Tick::ORIGIN, short);
        assert_eq!(woken.recv_timeout(Duration::from_secs(10)), Ok(2));
    }
}
