//! A subscriber that is a function, called on a thread of its own.

use std::{
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use super::{Subscription, queue::Queue};
use crate::{
    event::Event,
    sys::panic::{Panicked, catch_panic},
};

/// Keeps a function called for each event of a subscription, until it is dropped.
///
/// The function has a thread of its own, named `brama-callback`, and a queue of its own: it may be
/// slow, block and call back into its breaker. A panic, its own or the filter's predicate's, costs that
/// one event and is counted. Dropped, the handle returns at once; a call in progress ends by itself.
#[must_use = "dropping the handle ends the calls"]
pub struct EventCallback {
    queue: Arc<Queue>,
    panics: Arc<AtomicU64>,
}

impl EventCallback {
    /// Starts the thread.
    pub(crate) fn start(
        subscription: Subscription,
        callback: impl FnMut(Event) + Send + 'static,
    ) -> io::Result<Self> {
        let panics = Arc::new(AtomicU64::new(0));
        let this = Self { queue: Arc::clone(subscription.queue()), panics: Arc::clone(&panics) };
        let name = "brama-callback".to_owned();
        thread::Builder::new().name(name).spawn(move || run(subscription, callback, &panics))?;
        Ok(this)
    }

    /// How often the function, or the filter's predicate, has panicked.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }
}

/// Takes events and tells of them until none can come. The filter's predicate is the user's as well
/// as the function, and runs where an event is taken.
fn run(mut subscription: Subscription, mut callback: impl FnMut(Event), panics: &AtomicU64) {
    let mut tell_next = || subscription.next().map(&mut callback);
    loop {
        match catch_panic(&mut tell_next) {
            Ok(Some(())) => {}
            Ok(None) => return,
            Err(Panicked) => {
                panics.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl Drop for EventCallback {
    fn drop(&mut self) {
        self.queue.end();
    }
}

impl fmt::Debug for EventCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventCallback").field("panics", &self.panics()).finish_non_exhaustive()
    }
}
