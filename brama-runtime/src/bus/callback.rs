//! A callback for events, which runs on its own thread.

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

/// A handle that keeps a callback subscribed until it is dropped.
///
/// The callback has its own thread, named `brama-callback`, and its own queue, so it may be slow,
/// block and call its breaker. A panic of the callback or of the filter's predicate is caught and
/// counted; only the event in question is lost.
///
/// Dropping the handle does not wait: a call of the callback that is in progress runs to its end.
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

    /// Returns how often the callback or the filter's predicate has panicked.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }
}

/// Calls the callback for each event until the subscription ends. Taking an event runs the filter's
/// predicate, which is user code like the callback.
fn run(mut subscription: Subscription, mut callback: impl FnMut(Event), panics: &AtomicU64) {
    let mut handle_next = || subscription.next().map(&mut callback);
    loop {
        match catch_panic(&mut handle_next) {
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
