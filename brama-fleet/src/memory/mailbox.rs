//! Mailboxes: what a subscription has yet to take.

use std::{
    collections::VecDeque,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
};

use brama_runtime::api::circuit::Tick;

use super::faults::Delivery;
use crate::engine::Announcement;

/// The announcements that a subscription has yet to take.
#[derive(Debug, Default)]
pub(super) struct Mailbox(Mutex<Mail>);

#[derive(Debug, Default)]
struct Mail {
    /// Each with the tick from which on it may be taken.
    waiting: VecDeque<(Tick, Announcement)>,
    /// Wakers are the callers' code: none is called or dropped under the lock.
    waker: Option<Waker>,
    is_broken: bool,
}

/// Why there is nothing to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoMail {
    /// The next announcement arrives at this tick, if it is known.
    Yet(Option<Tick>),
    /// Some announcements are lost.
    Broken,
}

/// A subscriber that takes nothing loses its subscription.
const MOST_WAITING: usize = 10_000;

impl Mailbox {
    /// Adds an announcement, and returns who waits for it.
    #[must_use = "the subscriber waits until it is woken"]
    pub(super) fn put(
        &self,
        at: Tick,
        announcement: &Announcement,
        delivery: Delivery,
    ) -> Option<Waker> {
        let mut mail = self.lock();
        if mail.is_broken {
            return None;
        }
        let place = mail.waiting.len().saturating_sub(usize::from(delivery.is_early));
        for _ in 0..delivery.copies {
            mail.waiting.insert(place, (at, announcement.clone()));
        }
        let is_full = MOST_WAITING < mail.waiting.len();
        mail.is_broken |= is_full;
        mail.waker.take()
    }

    /// Ends the subscription: what was on its way is lost.
    pub(super) fn end(&self) {
        let mut mail = self.lock();
        mail.is_broken = true;
        let unwanted = mem::take(&mut mail.waiting);
        let waker = mail.waker.take();
        drop((mail, unwanted));
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Takes the next announcement that has arrived. Otherwise the waker is called once there is
    /// another.
    pub(super) fn take(&self, now: Tick, waker: &Waker) -> Result<Announcement, NoMail> {
        let waker = waker.clone();
        let mut mail = self.lock();
        if mail.is_broken {
            return Err(NoMail::Broken);
        }
        match mail.waiting.front() {
            Some((at, _)) if *at <= now => {
                let first = mail.waiting.pop_front();
                first.map(|(_, announcement)| announcement).ok_or(NoMail::Yet(None))
            }
            first => {
                let at = first.map(|(at, _)| *at);
                let replaced = mail.waker.replace(waker);
                drop(mail);
                drop(replaced);
                Err(NoMail::Yet(at))
            }
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, Mail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
