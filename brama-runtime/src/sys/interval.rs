//! The sweeper: a thread that does a piece of work at an interval.

use std::{fmt, io, sync::Arc, thread, time::Duration};

use super::{
    panic::{Panicked, catch_panic},
    sync::{Condvar, Mutex},
};

/// A thread that does its work at an interval until it is dropped: then it ends at once, or when it has
/// done the work that it is at.
///
/// Nobody waits for its end, so it may be dropped anywhere, by the work itself too.
pub(crate) struct Sweeper {
    end: Arc<End>,
}

#[derive(Default)]
struct End {
    is_told: Mutex<bool>,
    changed: Condvar,
}

impl Sweeper {
    /// Starts the thread. It ends too once `work` answers that nothing is left to do.
    ///
    /// The work may run code of the user's, such as a clock: where that panics, the next interval comes
    /// nevertheless. The interval is in the system's time, whatever clock the work reads.
    pub(crate) fn start(
        interval: Duration,
        work: impl FnMut() -> Left + Send + 'static,
    ) -> io::Result<Self> {
        let this = Self { end: Arc::default() };
        let end = Arc::clone(&this.end);
        let thread = thread::Builder::new().name("brama-cleanup".to_owned());
        thread.spawn(move || run(&end, interval, work))?;
        Ok(this)
    }
}

/// Whether there is work left to do at the next interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    More,
    Nothing,
}

fn run(end: &End, interval: Duration, mut work: impl FnMut() -> Left) {
    while !end.comes_within(interval) {
        match catch_panic(&mut work) {
            Ok(Left::More) | Err(Panicked) => {}
            Ok(Left::Nothing) => break,
        }
    }
}

impl End {
    fn comes_within(&self, interval: Duration) -> bool {
        let mut is_told = self.is_told.lock();
        self.changed.wait_while_for(&mut is_told, |is_told| !*is_told, interval);
        *is_told
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        *self.end.is_told.lock() = true;
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
    /// Far more than anything takes that happens at all.
    const LONG: Duration = Duration::from_secs(60);

    /// A sweeper whose work tells its number and then does `work`.
    fn sweeper(
        interval: Duration,
        work: impl Fn(u64) -> Left + Send + 'static,
    ) -> (Sweeper, Receiver<u64>) {
        let (tell, told) = mpsc::channel();
        let mut number = 0;
        let numbered = move || {
            number += 1;
            tell.send(number).unwrap();
            work(number)
        };
        (Sweeper::start(interval, numbered).unwrap(), told)
    }

    fn has_ended(told: &Receiver<u64>) -> bool {
        loop {
            match told.recv_timeout(LONG) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
    }

    #[test]
    fn it_works_again_and_again_under_a_name() {
        let (_sweeper, told) = sweeper(SOON, |_| {
            assert_eq!(thread::current().name(), Some("brama-cleanup"));
            Left::More
        });
        assert!((1..=3).all(|number| told.recv_timeout(LONG) == Ok(number)));
    }

    #[test]
    fn dropped_it_ends_at_once_and_not_at_the_next_interval() {
        let (sweeper, told) = sweeper(NEVER, |_| Left::More);
        drop(sweeper);
        assert!(has_ended(&told));
    }

    #[test]
    fn it_survives_a_panic_and_what_was_thrown() {
        struct Bomb;

        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }

        let (_sweeper, told) = sweeper(SOON, |number| {
            if number == 1 {
                std::panic::resume_unwind(Box::new(Bomb));
            }
            Left::More
        });
        assert!((1..=3).all(|number| told.recv_timeout(LONG) == Ok(number)));
    }

    #[test]
    fn it_ends_when_nothing_is_left_to_do() {
        let (_sweeper, told) = sweeper(SOON, |_| Left::Nothing);
        assert_eq!(told.recv_timeout(LONG), Ok(1));
        assert!(has_ended(&told));
    }
}
