//! The sweeper: a thread that works at an interval.

use std::{fmt, io, ops::ControlFlow, sync::Arc, thread, time::Duration};

use super::{
    panic::{Panicked, catch_panic},
    sync::{Condvar, Mutex},
};

/// A thread that does its work at an interval until it is dropped. It then ends at once, or when
/// the work in progress is done.
///
/// Dropping it does not wait for the thread, so it may be dropped anywhere, even by the work
/// itself.
pub(crate) struct Sweeper {
    end: Arc<StopSignal>,
}

#[derive(Default)]
struct StopSignal {
    is_requested: Mutex<bool>,
    changed: Condvar,
}

impl Sweeper {
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
        work: impl FnMut() -> ControlFlow<()> + Send + 'static,
    ) -> io::Result<Self> {
        let this = Self { end: Arc::default() };
        let end = Arc::clone(&this.end);
        let thread = thread::Builder::new().name("brama-cleanup".to_owned());
        thread.spawn(move || run(&end, interval, work))?;
        Ok(this)
    }
}

fn run(end: &StopSignal, interval: Duration, mut work: impl FnMut() -> ControlFlow<()>) {
    while !end.comes_within(interval) {
        match catch_panic(&mut work) {
            Ok(ControlFlow::Continue(())) | Err(Panicked) => {}
            Ok(ControlFlow::Break(())) => break,
        }
    }
}

impl StopSignal {
    fn comes_within(&self, interval: Duration) -> bool {
        let mut is_requested = self.is_requested.lock();
        self.changed.wait_while_for(&mut is_requested, |is_requested| !*is_requested, interval);
        *is_requested
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        *self.end.is_requested.lock() = true;
        self.end.changed.notify_all();
    }
}

impl fmt::Debug for Sweeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweeper").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver, RecvTimeoutError};

    use super::*;

    const SOON: Duration = Duration::from_millis(1);
    const NEVER: Duration = Duration::from_secs(1_000_000);
    /// Far longer than anything in these tests takes.
    const LONG: Duration = Duration::from_secs(60);

    /// Starts a sweeper whose work sends its number and then does `work`.
    fn sweeper(
        interval: Duration,
        work: impl Fn(u64) -> ControlFlow<()> + Send + 'static,
    ) -> (Sweeper, Receiver<u64>) {
        let (sender, runs) = mpsc::channel();
        let mut number = 0;
        let numbered = move || {
            number += 1;
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
            assert_eq!(thread::current().name(), Some("brama-cleanup"));
            ControlFlow::Continue(())
        });
        assert!((1..=3).all(|number| runs.recv_timeout(LONG) == Ok(number)));
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
        let (_sweeper, runs) = sweeper(SOON, |_| ControlFlow::Break(()));
        assert_eq!(runs.recv_timeout(LONG), Ok(1));
        assert!(has_ended(&runs));
    }
}
