//! The sweeper: a thread that works at an interval.

use std::{fmt, io, ops::ControlFlow, sync::Arc, time::Duration};

use super::{
    panic::{Panicked, catch_panic},
    sync::Monitor,
    worker::{OwnThread, Worker, lock_is_held, register_worker},
};

/// A thread that does its work at an interval until it is dropped. It then ends at once, or when
/// the work in progress is done.
///
/// Dropping it does not wait for the thread, so it may be dropped anywhere, even by the work
/// itself.
pub(crate) struct Sweeper {
    rounds: Arc<Rounds>,
}

/// The rounds that the thread makes.
struct Rounds {
    work: Box<dyn Fn() -> ControlFlow<()> + Send + Sync>,
    state: Monitor<RoundsState>,
}

#[derive(Default)]
struct RoundsState {
    is_over: bool,
    /// `None` while the work is paused.
    interval: Option<Duration>,
    thread: OwnThread,
}

impl Sweeper {
    pub(crate) const THREAD: &str = "brama-cleanup";

    /// Starts the thread. The thread also ends once `work` returns [`ControlFlow::Break`].
    ///
    /// The work may run user code, such as a clock. A panic ends only the current run: the next one
    /// follows after the interval. The interval is in system time, whatever clock the work reads.
    ///
    /// # Errors
    ///
    /// Returns the error of the system if it cannot start the thread.
    pub(crate) fn start(
        interval: Duration,
        work: impl Fn() -> ControlFlow<()> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let work = Box::new(work);
        let rounds = Arc::new(Rounds { work, state: Monitor::default() });
        let mut state = rounds.state.lock();
        state.interval = Some(interval);
        rounds.start(&mut state)?;
        drop(state);
        register_worker(&rounds);
        Ok(Self { rounds })
    }

    /// Changes the interval, which begins now; `None` pauses the work.
    pub(crate) fn set_interval(&self, interval: Option<Duration>) {
        let mut state = self.rounds.state.lock();
        if state.interval != interval {
            state.interval = interval;
            drop(state);
            self.rounds.state.notify_all();
        }
    }
}

impl Rounds {
    fn start(self: &Arc<Self>, state: &mut RoundsState) -> io::Result<()> {
        let this = Arc::clone(self);
        state.thread.start(Sweeper::THREAD, move || this.run())
    }

    fn run(&self) {
        while !self.are_over_within_interval() {
            match catch_panic(&self.work) {
                Ok(ControlFlow::Continue(())) | Err(Panicked) => {}
                Ok(ControlFlow::Break(())) => self.end(),
            }
        }
    }

    fn are_over_within_interval(&self) -> bool {
        let mut state = self.state.lock();
        loop {
            let interval = state.interval;
            let is_same = |it: &mut RoundsState| !it.is_over && it.interval == interval;
            let longest = interval.unwrap_or(Duration::MAX);
            state = self.state.wait_while_for(state, is_same, longest);
            if state.is_over || interval.is_some() && state.interval == interval {
                return state.is_over;
            }
        }
    }

    fn end(&self) {
        self.state.lock().is_over = true;
        self.state.notify_all();
    }
}

impl Worker for Rounds {
    fn restart(self: Arc<Self>) -> io::Result<()> {
        let mut state = self.state.try_lock().ok_or_else(lock_is_held)?;
        if state.is_over { Ok(()) } else { self.start(&mut state) }
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.rounds.end();
    }
}

impl fmt::Debug for Sweeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweeper").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            atomic::{AtomicU64, Ordering},
            mpsc::{self, Receiver, RecvTimeoutError},
        },
        thread,
    };

    use super::*;

    const SOON: Duration = Duration::from_millis(1);
    const NEVER: Duration = Duration::from_secs(1_000_000);
    /// Far longer than anything in these tests takes.
    const LONG: Duration = Duration::from_secs(60);

    /// Starts a sweeper whose work sends its number and then does `work`.
    fn sweeper(
        interval: Duration,
        work: impl Fn(u64) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> (Sweeper, Receiver<u64>) {
        let (sender, runs) = mpsc::channel();
        let runs_before = AtomicU64::new(0);
        let numbered = move || {
            let number = 1 + runs_before.fetch_add(1, Ordering::Relaxed);
            sender.send(number).unwrap();
            work(number)
        };
        (Sweeper::start(interval, numbered).unwrap(), runs)
    }

    fn has_ended(runs: &Receiver<u64>) -> bool {
        loop {
            match runs.recv_timeout(LONG) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
    }

    #[test]
    fn it_works_again_and_again_under_a_name() {
        let (_sweeper, runs) = sweeper(SOON, |_| {
            assert_eq!(thread::current().name(), Some(Sweeper::THREAD));
            ControlFlow::Continue(())
        });
        assert!((1..=3).all(|number| runs.recv_timeout(LONG) == Ok(number)));
    }

    #[test]
    fn another_interval_begins_at_once_and_none_pauses_the_work() {
        let (sweeper, runs) = sweeper(NEVER, |_| ControlFlow::Continue(()));
        sweeper.set_interval(Some(SOON));
        assert!((1..=3).all(|number| runs.recv_timeout(LONG) == Ok(number)));
        sweeper.set_interval(None);
        while runs.recv_timeout(SOON * 50).is_ok() {}
        sweeper.set_interval(Some(SOON));
        assert!(runs.recv_timeout(LONG).is_ok());
        sweeper.set_interval(None);
        drop(sweeper);
        assert!(has_ended(&runs));
    }

    #[test]
    fn dropped_it_ends_at_once_and_not_at_the_next_interval() {
        let (sweeper, runs) = sweeper(NEVER, |_| ControlFlow::Continue(()));
        drop(sweeper);
        assert!(has_ended(&runs));
    }

    #[test]
    fn it_survives_a_panic_and_what_was_thrown() {
        struct Bomb;

        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }

        let (_sweeper, runs) = sweeper(SOON, |number| {
            if number == 1 {
                std::panic::resume_unwind(Box::new(Bomb));
            }
            ControlFlow::Continue(())
        });
        assert!((1..=3).all(|number| runs.recv_timeout(LONG) == Ok(number)));
    }

    #[test]
    fn it_ends_when_nothing_is_left_to_do() {
        let (sweeper, runs) = sweeper(SOON, |_| ControlFlow::Break(()));
        assert_eq!(runs.recv_timeout(LONG), Ok(1));
        // The thread holds a reference until it ends.
        while 1 < Arc::strong_count(&sweeper.rounds) {
            thread::yield_now();
        }
        assert!(runs.try_recv().is_err());
    }
}
