//! The share of an identifier's keys that reject: how many may, at most.

use std::collections::BTreeMap;

use super::{locked::Locked, rare_state::SharePlace};
use crate::{
    circuit::{Policy, Tick},
    sys::sync::{AtomicU64, Mutex, Ordering},
};

/// The number of keys of one identifier, and the openings by which some of them reject.
///
/// It decides for all keys, so that no breaker takes the lock of another. Its own lock is the last
/// that a breaker takes.
#[derive(Debug, Default)]
pub(crate) struct OpenShare {
    known: AtomicU64,
    openings: Mutex<Openings>,
}

/// The openings that have a place in the share.
#[derive(Debug, Default)]
struct Openings {
    by_deadline: BTreeMap<Tick, u64>,
    count: u64,
}

/// Below this number of known keys, all may reject.
const LEAST_KNOWN: u64 = 5;

impl OpenShare {
    /// Counts a key that look-ups find from now on.
    pub(crate) fn add_known(&self) {
        self.known.fetch_add(1, Ordering::Relaxed);
    }

    fn remove_known(&self) {
        self.known.fetch_sub(1, Ordering::Relaxed);
    }

    /// Gives an opening a place, unless the share of the keys that reject would exceed `percent`.
    fn take(&self, percent: u32, until: Tick, now: Tick) -> bool {
        let mut openings = self.openings.lock();
        let fits = self.fits(&mut openings, percent, now);
        if fits {
            openings.add(until);
        }
        fits
    }

    /// Gives a place to an opening that rejects already.
    fn take_anyway(&self, until: Tick) {
        self.openings.lock().add(until);
    }

    fn give_back(&self, until: Tick) {
        self.openings.lock().remove(until);
    }

    fn has_room(&self, percent: u32, now: Tick) -> bool {
        self.fits(&mut self.openings.lock(), percent, now)
    }

    fn fits(&self, openings: &mut Openings, percent: u32, now: Tick) -> bool {
        openings.end(now);
        let (known, rejecting) = (self.known.load(Ordering::Relaxed), openings.count);
        let is_within = (rejecting + 1) * 100 <= u64::from(percent) * known;
        known < LEAST_KNOWN || rejecting == 0 || is_within
    }
}

impl Openings {
    fn add(&mut self, until: Tick) {
        *self.by_deadline.entry(until).or_default() += 1;
        self.count += 1;
    }

    /// Removes an opening, unless it has ended.
    fn remove(&mut self, until: Tick) {
        let Some(count) = self.by_deadline.get_mut(&until) else { return };
        *count -= 1;
        if *count == 0 {
            self.by_deadline.remove(&until);
        }
        self.count -= 1;
    }

    /// Ends the openings whose deadline has passed: their breakers reject no more, although nothing
    /// may have made them half-open yet.
    fn end(&mut self, now: Tick) {
        while let Some(first) = self.by_deadline.first_entry()
            && *first.key() <= now
        {
            self.count -= first.remove();
        }
    }
}

/// What the share has to do with the breaker.
#[derive(Clone, Copy)]
enum ShareRule {
    /// The breaker does not reject by a rule, or only observes in shadow.
    None,
    /// An opening by a rule until a deadline, without a limit.
    Unlimited,
    /// An opening by a rule until a deadline, under the limit of this percentage.
    Limited { until: Tick, percent: u32 },
}

impl Locked {
    /// Whether an opening only observes because too many other keys reject.
    pub(super) fn is_held_back(&self) -> bool {
        self.share_place() == SharePlace::HeldBack
    }

    pub(super) fn share_place(&self) -> SharePlace {
        self.rare().map_or(SharePlace::None, |rare| rare.in_share.place)
    }

    /// Takes a place in the share for an opening that begins.
    pub(super) fn begin_share(&mut self, share: Option<&OpenShare>, now: Tick) {
        let Some(share) = share else { return };
        self.give_share_back(share);
        let place = match self.share_rule() {
            ShareRule::None => SharePlace::None,
            ShareRule::Unlimited => SharePlace::Unlimited,
            ShareRule::Limited { until, percent } => place(share.take(percent, until, now), until),
        };
        self.set_share_place(place);
    }

    /// Adjusts the place of a breaker that was changed. An opening that rejects already keeps to
    /// do so, whatever the limit; one that begins to reject now, as shadow ends, waits for its next
    /// admission.
    pub(super) fn settle_share(&mut self, share: Option<&OpenShare>) {
        let Some(share) = share else { return };
        self.settle_known(share);
        let place = match (self.share_place(), self.share_rule()) {
            (_, ShareRule::None) => SharePlace::None,
            (_, ShareRule::Unlimited) => SharePlace::Unlimited,
            (SharePlace::None | SharePlace::HeldBack, ShareRule::Limited { .. }) => {
                SharePlace::HeldBack
            }
            (SharePlace::Taken(_) | SharePlace::Unlimited, ShareRule::Limited { until, .. }) => {
                SharePlace::Taken(until)
            }
        };
        if place != self.share_place() {
            self.give_share_back(share);
            if let SharePlace::Taken(until) = place {
                share.take_anyway(until);
            }
            self.set_share_place(place);
        }
    }

    /// Whether an opening that only observes still has to, now that a call has come: it takes
    /// effect once enough other keys have closed.
    pub(super) fn remains_held_back(&mut self, share: Option<&OpenShare>, now: Tick) -> bool {
        if let (true, Some(share)) = (self.is_held_back(), share)
            && let ShareRule::Limited { until, percent } = self.share_rule()
        {
            let place = place(share.take(percent, until, now), until);
            self.set_share_place(place);
        }
        self.is_held_back()
    }

    /// Whether the next call would be admitted because the opening only observes.
    pub(super) fn would_be_held_back(&self, share: Option<&OpenShare>, now: Tick) -> bool {
        match (self.is_held_back(), share, self.share_rule()) {
            (true, Some(share), ShareRule::Limited { percent, .. }) => {
                !share.has_room(percent, now)
            }
            (is_held_back, ..) => is_held_back,
        }
    }

    /// Counts the breaker among the known keys while look-ups find it.
    fn settle_known(&mut self, share: &OpenShare) {
        let is_known = self.is_registered() && !self.is_evicted();
        if is_known == self.rare().is_none_or(|rare| !rare.in_share.is_uncounted) {
            return;
        }
        if is_known {
            share.add_known();
        } else {
            share.remove_known();
        }
        self.rare_mut().in_share.is_uncounted = !is_known;
    }

    fn give_share_back(&self, share: &OpenShare) {
        if let SharePlace::Taken(until) = self.share_place() {
            share.give_back(until);
        }
    }

    fn set_share_place(&mut self, place: SharePlace) {
        if place != self.share_place() {
            self.rare_mut().in_share.place = place;
        }
    }

    fn share_rule(&self) -> ShareRule {
        let policy: &Policy = &self.policy;
        let until = self.circuit.until_by_rule();
        match until.filter(|_| !policy.shadow() && !self.is_evicted()) {
            None => ShareRule::None,
            Some(until) => policy
                .max_open_share()
                .map_or(ShareRule::Unlimited, |percent| ShareRule::Limited { until, percent }),
        }
    }
}

const fn place(fits: bool, until: Tick) -> SharePlace {
    if fits { SharePlace::Taken(until) } else { SharePlace::HeldBack }
}
