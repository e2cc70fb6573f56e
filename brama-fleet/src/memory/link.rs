//! Links: how one node reaches a store in memory.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::Waker,
};

use brama_runtime::api::circuit::Tick;

use super::{faults::Faults, mailbox::Mailbox};
use crate::{
    draw::Draws,
    engine::{Announcement, LinkError},
};

/// The link of one node to a store, with its faults.
#[derive(Debug)]
pub(super) struct Link(Mutex<LinkState>);

#[derive(Debug)]
struct LinkState {
    faults: Faults,
    draws: Draws,
    mailboxes: Vec<Weak<Mailbox>>,
}

impl Link {
    pub(super) fn new() -> Self {
        let (faults, draws) = (Faults::default(), Draws::new(0));
        Self(Mutex::new(LinkState { faults, draws, mailboxes: Vec::new() }))
    }

    pub(super) fn set(&self, faults: Faults) {
        let mut state = self.lock();
        (state.faults, state.draws) = (faults, Draws::new(faults.seed));
        drop(state);
        if faults.down {
            self.end_subscriptions();
        }
    }

    pub(super) fn check(&self) -> Result<(), LinkError> {
        if self.lock().faults.down {
            return Err(LinkError::new("the link to the store in memory is down"));
        }
        Ok(())
    }

    pub(super) fn subscribe(&self) -> Arc<Mailbox> {
        let mailbox = Arc::new(Mailbox::default());
        self.lock().mailboxes.push(Arc::downgrade(&mailbox));
        mailbox
    }

    /// Puts an announcement on its way to the subscriptions of this link. Returns who waits for
    /// it.
    pub(super) fn announce(&self, announcement: &Announcement, now: Tick) -> Vec<Waker> {
        let mut state = self.lock();
        let (faults, at) = (state.faults, now.after(state.faults.delay));
        state.mailboxes.retain(|mailbox| mailbox.strong_count() != 0);
        let mailboxes: Vec<_> = state.mailboxes.iter().filter_map(Weak::upgrade).collect();
        let draws = &mut state.draws;
        let put = |mailbox: Arc<Mailbox>| mailbox.put(at, announcement, faults.draw(draws));
        mailboxes.into_iter().filter_map(put).collect()
    }

    pub(super) fn end_subscriptions(&self) {
        let mailboxes = std::mem::take(&mut self.lock().mailboxes);
        mailboxes.iter().filter_map(Weak::upgrade).for_each(|mailbox| mailbox.end());
    }

    fn lock(&self) -> MutexGuard<'_, LinkState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
