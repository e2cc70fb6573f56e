//! Models of a breaker's life: evicted, unregistered or given an attribute while calls use it.

use std::{sync::Arc, time::Duration};

use loom::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::harness::{admit, call, fail, model, slot, spawn};
use crate::{
    breaker::{Idle, Slot, entry::Entry},
    circuit::{PolicyPatch, State},
    config::Attribute,
    counters::Totals,
    outcome::Outcome,
    status::Status,
};

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
        self.slot.evict(timestamp, Idle::default(), is_held).map(|(evicted, wakes)| {
            wakes.wake();
            evicted.totals
        })
    }
}

fn use_elsewhere(
    found: &Arc<Found>,
    run: impl FnOnce(&Slot) + 'static,
) -> thread::JoinHandle<bool> {
    let found = Arc::clone(found);
    thread::spawn(move || found.with(run))
}

#[test]
fn an_evicted_breaker_keeps_every_call_and_admits_none_after() {
    model(|| {
        let found = Found::new(PolicyPatch::new());
        let caller = use_elsewhere(&found, |slot| assert!(call(slot).is_some()));
        let evicted = found.evict();
        let was_used = caller.join().unwrap();
        let Totals { successes, late, .. } = found.slot.counted();
        assert_eq!((successes, late), (u64::from(was_used), 0));
        assert!(evicted.is_none_or(|evicted| evicted.successes == successes), "{evicted:?}");
    });
}

#[test]
fn an_eviction_includes_an_ignored_call_counted_at_the_gate() {
    model(|| {
        let found = Found::new(PolicyPatch::new());
        let caller = use_elsewhere(&found, |slot| {
            if let Ok(entry) = admit(slot) {
                slot.record(entry, Outcome::Ignore.into());
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
fn a_breaker_that_has_seen_a_failure_is_not_evicted() {
    model(|| {
        let found = Found::new(PolicyPatch::new());
        let caller = use_elsewhere(&found, fail);
        let evicted = found.evict();
        let has_failed = caller.join().unwrap();
        assert!(!(has_failed && evicted.is_some()));
        assert_eq!(found.slot.counted().failures, u64::from(has_failed));
    });
}

#[test]
fn two_callers_agree_whether_it_was_evicted() {
    model(|| {
        let found = Found::new(PolicyPatch::new());
        let one = use_elsewhere(&found, |slot| assert!(call(slot).is_some()));
        let evicted = found.evict();
        let other = found.with(|slot| assert!(call(slot).is_some()));
        let successes = u64::from(one.join().unwrap()) + u64::from(other);
        assert_eq!(other, evicted.is_none());
        assert_eq!(found.slot.counted().successes, successes);
        assert!(evicted.is_none_or(|evicted| evicted.successes == successes));
    });
}

fn unregister(slot: &Slot) {
    let wakes = slot.unregister(slot.context.timestamp(), |_| {});
    wakes.unwrap().wake();
}

#[test]
fn a_call_that_meets_the_end_of_a_registration_is_counted_once_and_revives_it() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        let caller = spawn(&slot, |slot| [call(slot), call(slot)]);
        unregister(&slot);
        let entries = caller.join().unwrap();
        let begun_in = |generation: u64| {
            let of = |entry: &&Entry| entry.word().generation().number() == generation;
            entries.iter().flatten().filter(of).count() as u64
        };
        let Status { state, successes, totals, .. } = slot.status();
        assert_eq!((state, totals.successes), (State::Closed, 2));
        // One generation is spent on the registration that ended, one on the registration that the
        // call began.
        assert_eq!((begun_in(0) + begun_in(2), begun_in(1)), (2, 0), "{entries:?}");
        assert_eq!(slot.is_registered(), 0 < begun_in(2), "{entries:?}");
        assert!(successes <= begun_in(2) + 1, "{entries:?}");
    });
}

#[test]
fn two_calls_that_meet_an_unregistered_breaker_revive_it_once() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        unregister(&slot);
        let caller = spawn(&slot, call);
        let entries = [call(&slot), caller.join().unwrap()];
        assert!(entries.iter().flatten().all(|entry| entry.word().generation().number() == 2));
        assert_eq!((slot.status().successes, slot.status().totals.late), (2, 0));
    });
}

#[test]
fn an_attribute_that_two_threads_bring_is_noted_once_and_effective_for_both() {
    const SLOW: PolicyPatch =
        PolicyPatch::new().slow_call_rate(50).slow_call_duration(Duration::from_secs(1));
    static ATTRIBUTE: Attribute = Attribute::new(None, SLOW);
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        let is_timed = |slot: &Slot| {
            slot.bind_attribute(&ATTRIBUTE);
            slot.took(admit(slot).unwrap()).is_some()
        };
        let other = spawn(&slot, is_timed);
        assert_eq!((is_timed(&slot), other.join().unwrap()), (true, true));
        assert_eq!(slot.status().warnings, Vec::<String>::new());
    });
}
