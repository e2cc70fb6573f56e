//! Observers: callbacks on the thread that causes a change.

use std::{
    fmt,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use super::Bus;
use crate::{
    event::Event,
    logs,
    sys::panic::{Panicked, UserValue, catch_panic},
    time::clock::Time,
};

/// A handle that keeps an observer called until it is dropped, created by
/// [`Registry::observe`](crate::registry::Registry::observe).
///
/// Dropping the handle does not wait: a call of the observer that is in progress on another thread
/// runs to its end. The observer is called no more once the registry and all handles to its
/// breakers are dropped.
#[must_use = "dropping the handle ends the calls"]
pub struct Observation {
    observer: Arc<Observer>,
    bus: Weak<Bus>,
}

/// The user's code. It is neither called nor dropped under a lock.
pub(super) struct Observer {
    observe: Box<dyn Fn(&Event) + Send + Sync>,
    panics: AtomicU64,
    is_over: AtomicBool,
}

/// The observers at one moment, oldest first.
pub(super) type Observers = Arc<[Arc<Observer>]>;

/// A change that observers and the log have not seen yet, because a lock was held.
pub(super) struct UnseenChange {
    pub(super) event: Event,
    pub(super) observers: Observers,
    /// Set if the event's calendar time is still to be read, which is user code.
    pub(super) clock: Option<Time>,
}

/// Such changes, oldest first.
#[derive(Default)]
pub(super) struct UnseenChanges(Vec<UnseenChange>);

impl UnseenChanges {
    pub(super) fn push(&mut self, change: UnseenChange) {
        self.0.push(change);
    }

    pub(super) fn extend(&mut self, later: Self) {
        self.0.extend(later.0);
    }

    /// Shows each change to the log and the observers. The caller must hold no lock.
    pub(super) fn show(self) {
        self.0.into_iter().for_each(UnseenChange::show);
    }
}

impl Observation {
    pub(super) const fn new(observer: Arc<Observer>, bus: Weak<Bus>) -> Self {
        Self { observer, bus }
    }

    /// Returns how often the observer has panicked.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.observer.panics.load(Ordering::Relaxed)
    }
}

impl Observer {
    pub(super) fn new(observe: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        // The last reference may be that of a call, if the handle is dropped meanwhile.
        let observe = UserValue::new(observe);
        let observe = move |event: &Event| observe.get().into_iter().for_each(|it| it(event));
        let (panics, is_over) = (AtomicU64::default(), AtomicBool::default());
        Self { observe: Box::new(observe), panics, is_over }
    }

    /// An observer may panic, call its breaker, and be dropped meanwhile.
    fn call(&self, event: &Event) {
        if self.is_over.load(Ordering::Relaxed) {
            return;
        }
        if catch_panic(|| (self.observe)(event)) == Err(Panicked) {
            self.panics.fetch_add(1, Ordering::Relaxed);
            logs::write_panic("an observer", Some(&event.identity));
        }
    }
}

impl UnseenChange {
    fn show(self) {
        let Self { mut event, observers, clock } = self;
        if let Some(clock) = clock {
            let calendar = || clock.calendar().checked_sub(clock.now().since(event.at));
            event.time = catch_panic(calendar).ok().flatten().unwrap_or(event.time);
        }
        logs::write_change(&event);
        observers.iter().for_each(|observer| observer.call(&event));
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.observer.is_over.store(true, Ordering::Relaxed);
        if let Some(bus) = self.bus.upgrade() {
            bus.remove_observer(&self.observer);
        }
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observation").field("panics", &self.panics()).finish_non_exhaustive()
    }
}
