//! Models of an eviction: a breaker with a key is evicted while calls look it up.

use std::sync::Arc;

use loom::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::{admit, call, fail, model, slot};
use crate::{breaker::Slot, circuit::PolicyPatch, counters::Totals, outcome::Outcome};

/// A slot in a registry, with the count of its holds. The count works as in `Arc`, but loom can see
/// it.
struct Found {
    slot: Arc<Slot>,
    holds: AtomicUsize,
}

impl Found {
    fn new(patch: PolicyPatch) -> Arc<Self> {
        Arc::new(Self { slot: slot(patch).0, holds: AtomicUsize::new(0) })
    }

    fn hold(&self) {
        self.holds.fetch_add(1, Ordering::Relaxed);
    }

    fn give_back(&self) {
        self.holds.fetch_sub(1, Ordering::Release);
    }

    /// Finds the slot and uses it, unless it is evicted. Returns whether it was used.
    fn with(&self, run: impl FnOnce(&Slot)) -> bool {
        self.hold();
        let is_kept = !self.slot.is_evicted();
        if is_kept {
            run(&self.slot);
        }
        self.give_back();
        is_kept
    }

    fn evict(&self) -> Option<Totals> {
        let timestamp = self.slot.context.timestamp();
        let is_held = || {
            self.hold();
            self.give_back();
            0 < self.holds.load(Ordering::Relaxed)
        };
        self.slot.evict(timestamp, is_held).map(|(totals, wakes)| {
            wakes.wake();
            totals
        })
    }
}

type Join<T> = thread::JoinHandle<T>;

fn spawn(found: &Arc<Found>, run: impl FnOnce(&Slot) + 'static) -> Join<bool> {
    let found = Arc::clone(found);
    thread::spawn(move || found.with(run))
}

#[test]
fn what_goes_takes_every_call_with_it_and_lets_none_in_after() {
    model(|| {
        let found = Found::new(PolicyPatch::new());
        let caller = spawn(&found, |slot| assert!(call(slot).is_some()));
        let evicted = found.evict();
        let was_used = caller.join().unwrap();
        let Totals { successes, late, .. } = found.slot.counted();
        assert_eq!((successes, late), (u64::from(was_used), 0));
        assert!(evicted.is_none_or(|evicted| evicted.successes == successes), "{evicted:?}");
    });
}

#[test]
fn an_ignored_call_counted_at_the_gate_is_among_what_goes() {
    model(|| {
        let found = Found::new(PolicyPatch::new());
        let caller = spawn(&found, |slot| {
            if let Ok(entry) = admit(slot) {
                slot.record(entry, Outcome::Ignore);
            }
        });
        let evicted = found.evict();
        let was_used = caller.join().unwrap();
        assert!(
            evicted.is_none_or(|evicted| evicted.ignored == u64::from(was_used)),
            "{evicted:?}"
        );
        assert_eq!(found.slot.counted().ignored, u64::from(was_used));
    });
}

#[test]
fn a_breaker_that_has_seen_a_failure_does_not_go() {
    model(|| {
        let found = Found::new(PolicyPatch::new());
        let caller = spawn(&found, fail);
        let evicted = found.evict();
        let has_failed = caller.join().unwrap();
        assert!(!(has_failed && evicted.is_some()));
        assert_eq!(found.slot.counted().failures, u64::from(has_failed));
    });
}

#[test]
fn two_callers_agree_whether_it_has_gone() {
    model(|| {
        let found = Found::new(PolicyPatch::new());
        let one = spawn(&found, |slot| assert!(call(slot).is_some()));
        let evicted = found.evict();
        let other = found.with(|slot| assert!(call(slot).is_some()));
        let successes = u64::from(one.join().unwrap()) + u64::from(other);
        assert_eq!(other, evicted.is_none());
        assert_eq!(found.slot.counted().successes, successes);
        assert!(evicted.is_none_or(|evicted| evicted.successes == successes));
    });
}
