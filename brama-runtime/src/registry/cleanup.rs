//! The cleanup of a registry: what is due changes its state, idle breakers with a key are evicted.

use std::{ops::ControlFlow, sync::Weak};

use super::{Registry, RegistryInner};
use crate::{circuit::State, identity::Identity, sys::worker::restart_left_behind};

impl Registry {
    /// Runs the cleanup now. The thread that `init` starts runs it at each `cleanup_interval`.
    ///
    /// Circuits past the deadline of their opening become half-open, and those at the end of their
    /// ramp close, so that events and statuses report it on time. Breakers with a key are evicted
    /// if they have counted nothing for `inactive_threshold`, whatever a closed one remembers,
    /// unless they are in use or something else keeps them (see
    /// [`Config::max_keys`](crate::config::Config::max_keys)). That a breaker has counted is
    /// noticed only when it is examined, so this time runs from one cleanup to another.
    ///
    /// No call depends on the cleanup: without it, transitions are recorded later and memory is not
    /// freed.
    ///
    /// In a forked child, this method also starts the threads of brama again that the fork has left
    /// behind: the cleanup, the callbacks, the checks and the timer. Without it, the first event of
    /// a breaker does so, such as an opening or a new breaker.
    pub fn sweep(&self) {
        self.inner.sweep();
    }

    /// Stops the cleanup thread that [`init`](Self::init) started, if there is one.
    ///
    /// A cleanup in progress is completed first. The thread is not started again. It also stops
    /// when the registry is dropped.
    pub fn stop_cleanup(&self) {
        let sweeper = self.inner.writer.lock().sweeper.take();
        drop(sweeper);
    }
}

impl RegistryInner {
    fn sweep(&self) {
        restart_left_behind();
        self.slots.with_all(|slots| {
            for slot in slots {
                match slot.state() {
                    State::Open | State::HalfOpen => slot.sweep(),
                    State::Closed | State::ForcedOpen | State::Disabled => {}
                }
            }
        });
        let identities = self.writer.lock().keys.identities();
        for identity in identities {
            let mut next = Some(0);
            while let Some(start) = next {
                next = self.evict_idle(&identity, start);
            }
        }
    }

    /// Evicts idle breakers of one batch of a key set. Between batches other threads can create
    /// breakers.
    fn evict_idle(&self, identity: &Identity<'static>, start: usize) -> Option<usize> {
        let mut announcements = self.announcements();
        let mut writer = self.writer.lock();
        let now = announcements.at.now();
        let threshold = writer.keys.limits().inactive_threshold;
        let key_set = writer.keys.key_set(identity);
        let evict = |slot: &_, idle| self.evict(slot, idle, &mut announcements);
        let next = key_set.evict_idle(start, now, threshold, evict);
        drop(writer);
        announcements.wakes.wake();
        next
    }
}

/// Runs the cleanup, unless the registry was dropped.
pub(super) fn clean_up(registry: &Weak<RegistryInner>) -> ControlFlow<()> {
    match registry.upgrade() {
        Some(inner) => {
            inner.sweep();
            ControlFlow::Continue(())
        }
        None => ControlFlow::Break(()),
    }
}
