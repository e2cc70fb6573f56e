//! The cleanup: due openings become half-open, idle breakers of keys are forgotten.

use std::sync::Weak;

use super::{Registry, RegistryInner, SlotEntry};
use crate::{circuit::State, identity::Identity, sys::interval::Left};

impl Registry {
    /// Cleans up now, as the thread that `init` starts does at each `cleanup_interval`.
    ///
    /// Due openings become half-open, so that events and status tell it on time. Breakers of keys that
    /// may be forgotten (see [`Config::max_keys`](crate::config::Config::max_keys)) are, where they have counted
    /// nothing for as long as `inactive_threshold`; that they counted is noticed by the cleanup, so the time
    /// runs from one to another. A call needs neither: nothing but punctuality and memory depends
    /// on it.
    pub fn sweep(&self) {
        self.inside.sweep();
    }

    /// Stops the thread that [`init`](Self::init) has started, if there is one: at once, or when it has
    /// done the cleanup that it is at. It is not started again. It stops by itself when the registry
    /// goes.
    pub fn stop_cleanup(&self) {
        let sweeper = self.inside.writer.lock().take_sweeper();
        drop(sweeper);
    }
}

impl RegistryInner {
    fn sweep(&self) {
        for slot in self.slots.pin().iter().map(SlotEntry::slot) {
            if slot.state() == State::Open {
                slot.sweep();
            }
        }
        let names = self.writer.lock().keys.names();
        for name in names {
            let mut place = Some(0);
            while let Some(from) = place {
                place = self.forget_idle(&name, from);
            }
        }
    }

    /// A piece of a key_set, so that those who make breakers need not wait for the whole.
    fn forget_idle(&self, name: &Identity<'static>, from: usize) -> Option<usize> {
        let mut news = self.announcements();
        let mut writer = self.writer.lock();
        let (now, threshold) = (news.at.now(), writer.keys.inactive_threshold());
        let key_set = writer.keys.key_set(name);
        let evict = |slot: &_| self.evict(slot, &mut news);
        let place = key_set.forget_idle(from, now, threshold, evict);
        drop(writer);
        news.wakes.wake();
        place
    }
}

/// Cleans up, where the registry is still there.
pub(super) fn clean_up(registry: &Weak<RegistryInner>) -> Left {
    match registry.upgrade() {
        Some(inside) => {
            inside.sweep();
            Left::More
        }
        None => Left::Nothing,
    }
}
