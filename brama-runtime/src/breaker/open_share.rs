//! The share of an identifier's keys that reject: how many may, at most.

use super::locked::{Locked, SharePlace};
use crate::{
    circuit::Policy,
    sys::sync::{AtomicU64, Ordering},
};

/// The number of keys of one identifier, and how many of them reject by a rule.
///
/// One pair of numbers decides for all keys, so that no breaker takes the lock of another.
#[derive(Debug, Default)]
pub(crate) struct OpenShare {
    known: AtomicU64,
    rejecting: AtomicU64,
}

/// Below this number of known keys, all may reject.
const LEAST_KNOWN: u64 = 5;

impl OpenShare {
    pub(crate) fn set_known(&self, known: usize) {
        self.known.store(known as u64, Ordering::Relaxed);
    }

    /// Takes a place among those that reject, unless their share would exceed `percent`.
    fn take(&self, percent: u32) -> bool {
        let known = self.known.load(Ordering::Relaxed);
        let more = |rejecting: u64| {
            let fits = (rejecting + 1) * 100 <= u64::from(percent) * known;
            (known < LEAST_KNOWN || rejecting == 0 || fits).then_some(rejecting + 1)
        };
        self.rejecting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    fn give_back(&self) {
        self.rejecting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Locked {
    /// Whether an opening only observes because too many other keys reject.
    pub(super) fn is_held_back(&self) -> bool {
        self.share_place() == SharePlace::HeldBack
    }

    pub(super) fn share_place(&self) -> SharePlace {
        self.rare().map_or(SharePlace::None, |rare| rare.share_place)
    }

    /// Takes a place in the share for an opening that begins.
    pub(super) fn begin_share(&mut self, share: Option<&OpenShare>) {
        match self.share_place() {
            SharePlace::None | SharePlace::HeldBack => self.retry_share(share),
            SharePlace::Taken => {}
        }
    }

    /// Takes a place in the share if the breaker has begun to reject without one, and gives it back
    /// if it no longer rejects.
    pub(super) fn settle_share(&mut self, share: Option<&OpenShare>) {
        let Some(share) = share else { return };
        let limit = self.share_limit();
        match (self.share_place(), limit) {
            (SharePlace::None, None) | (SharePlace::Taken | SharePlace::HeldBack, Some(_)) => {}
            (SharePlace::None, Some(_)) => self.retry_share(Some(share)),
            (SharePlace::Taken, None) => {
                share.give_back();
                self.rare_mut().share_place = SharePlace::None;
            }
            (SharePlace::HeldBack, None) => self.rare_mut().share_place = SharePlace::None,
        }
    }

    /// Tries to take a place for an opening that has none.
    pub(super) fn retry_share(&mut self, share: Option<&OpenShare>) {
        let (Some(share), Some(percent)) = (share, self.share_limit()) else { return };
        let place = if share.take(percent) { SharePlace::Taken } else { SharePlace::HeldBack };
        self.rare_mut().share_place = place;
    }

    /// Whether an opening that only observes still has to, now that a call has come: it takes
    /// effect once enough other keys have closed.
    pub(super) fn remains_held_back(&mut self, share: Option<&OpenShare>) -> bool {
        self.is_held_back() && {
            self.retry_share(share);
            self.is_held_back()
        }
    }

    /// The limit if it applies now: to an opening by a rule that is not in shadow.
    fn share_limit(&self) -> Option<u32> {
        let policy: &Policy = &self.policy;
        let rejects = self.circuit.is_open_by_rule() && !policy.shadow() && !self.is_evicted();
        policy.max_open_share().filter(|_| rejects)
    }
}
