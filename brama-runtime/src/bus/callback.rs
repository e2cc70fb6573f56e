//! A callback for events, which runs on its own thread.

use std::{
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{Subscription, queue::Queue};
use crate::{
    error::NoThread,
    event::Event,
    logs,
    sys::{
        panic::{Panicked, UserValue, catch_panic},
        sync::Mutex,
        worker::{OwnThread, Worker, lock_is_held, register_worker, restart_left_behind},
    },
};

/// A handle that keeps a callback subscribed until it is dropped.
///
/// The callback has its own thread, named `brama-callback`, and its own queue, so it may be slow,
/// block and call its breaker. A panic of the callback or of the filter's predicate is caught and
/// counted; only the event in question is lost.
///
/// Dropping the handle does not wait: a call of the callback that is in progress runs to its end.
///
/// In a forked child, the next event starts the thread again. Events that were waiting at the fork
/// are delivered in both processes. A callback that was running at the fork ends in the child, see
/// [`is_running`](Self::is_running).
#[must_use = "dropping the handle ends the calls"]
pub struct EventCallback {
    reader: Arc<Reader>,
}

/// The thread that calls the callback.
struct Reader {
    queue: Arc<Queue>,
    panics: AtomicU64,
    state: Mutex<ReaderState>,
}

struct ReaderState {
    thread: OwnThread,
    /// Taken out while it handles an event.
    handler: Option<Handler>,
}

/// The user's code. It is neither called nor dropped under a lock.
struct Handler {
    subscription: Subscription,
    callback: UserValue<Box<dyn FnMut(Event) + Send>>,
}

impl EventCallback {
    /// Starts the thread.
    pub(crate) fn start(
        subscription: Subscription,
        callback: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self, NoThread> {
        let queue = Arc::clone(subscription.queue());
        let callback = UserValue::new(Box::new(callback) as _);
        let handler = Some(Handler { subscription, callback });
        let state = Mutex::new(ReaderState { thread: OwnThread::default(), handler });
        let reader = Arc::new(Reader { queue, panics: AtomicU64::default(), state });
        let started = reader.start(&mut reader.state.lock());
        started.map_err(|error| NoThread::new(THREAD, ALTERNATIVE, &error))?;
        register_worker(&reader);
        Ok(Self { reader })
    }

    /// Returns how often the callback or the filter's predicate has panicked.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.reader.panics.load(Ordering::Relaxed)
    }

    /// Returns whether events still reach the callback.
    ///
    /// It is `false` in two cases: the registry and all handles to its breakers were dropped, or
    /// this process was forked while the callback was running. In the second case, subscribe again.
    #[must_use]
    pub fn is_running(&self) -> bool {
        restart_left_behind();
        !self.reader.queue.is_closed()
    }
}

const THREAD: &str = "brama-callback";
const ALTERNATIVE: &str = "read the events with `subscribe`";

impl Reader {
    fn start(self: &Arc<Self>, state: &mut ReaderState) -> io::Result<()> {
        let this = Arc::clone(self);
        state.thread.start(THREAD, move || this.run())
    }

    /// Handles each event until the subscription ends.
    fn run(&self) {
        loop {
            let has_event = self.queue.wait_for_event();
            let Some(mut handler) = self.state.lock().handler.take() else { return };
            if !has_event {
                return;
            }
            if catch_panic(|| handler.handle_next()) == Err(Panicked) {
                self.panics.fetch_add(1, Ordering::Relaxed);
                logs::write_panic("a callback", None);
            }
            self.state.lock().handler = Some(handler);
        }
    }
}

impl Handler {
    /// Taking an event runs the filter's predicate, which is user code like the callback.
    fn handle_next(&mut self) {
        let event = self.subscription.try_recv();
        if let (Some(event), Some(callback)) = (event, self.callback.get_mut()) {
            callback(event);
        }
    }
}

impl Worker for Reader {
    fn restart(self: Arc<Self>) -> io::Result<()> {
        let mut state = self.state.try_lock().ok_or_else(lock_is_held)?;
        if state.thread.exists() {
            return Ok(());
        }
        if state.handler.is_some() {
            return self.start(&mut state);
        }
        // The callback is on the stack of a thread of the parent.
        drop(state);
        self.queue.end();
        Ok(())
    }
}

impl Drop for EventCallback {
    fn drop(&mut self) {
        self.reader.queue.end();
    }
}

impl fmt::Debug for EventCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventCallback").field("panics", &self.panics()).finish_non_exhaustive()
    }
}
