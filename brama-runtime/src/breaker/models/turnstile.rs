//! Models of a turnstile: calls pass while its breaker fails or is evicted, and while another
//! breaker gets it.

use std::{ptr, sync::Arc};

use super::harness::{Join, fail, model, slot, slot_in, spawn};
use crate::{
    breaker::{
        Idle, KeyedSlot, RawPermit, Slot,
        turnstile::{Turnstile, TurnstilePlace},
    },
    circuit::{Action, By, PolicyPatch, State},
    counters::Totals,
    identity::InlineKey,
    outcome::Outcome,
    status::Status,
};

/// The first turnstile of a model, in its first tenancy.
const FIRST: TurnstilePlace = TurnstilePlace::from_bits(0);

/// A breaker of the key `a`, and its turnstile.
struct Keyed {
    slot: Arc<Slot>,
    turnstile: &'static Turnstile<Slot>,
}

impl Keyed {
    fn new(patch: PolicyPatch) -> Self {
        let slot = slot(patch).0;
        slot.make_turnstile(key("a")).unwrap();
        Self { turnstile: slot.turnstile().unwrap(), slot }
    }

    fn evict(&self) -> Option<Totals> {
        let timestamp = self.slot.context.timestamp();
        let evicted = self.slot.evict(timestamp, Idle::default(), || false);
        evicted.map(|(evicted, _)| evicted.totals)
    }

    /// Calls `times` times with the key `a` on a thread of its own. Returns how many have passed.
    fn call_elsewhere(&self, times: usize) -> Join<u64> {
        let turnstile = self.turnstile;
        spawn(&self.slot, move |_| (0..times).map(|_| u64::from(pass_and_succeed(turnstile))).sum())
    }
}

fn key(text: &str) -> InlineKey {
    InlineKey::of_text(text).unwrap()
}

fn pass(turnstile: &'static Turnstile<Slot>) -> Option<RawPermit<KeyedSlot>> {
    turnstile.pass(FIRST, key("a")).map(RawPermit::of_passed)
}

fn pass_and_succeed(turnstile: &'static Turnstile<Slot>) -> bool {
    pass(turnstile).map(RawPermit::record_success).is_some()
}

#[test]
fn every_call_that_passes_is_counted_once_while_another_opens_the_circuit() {
    model(|| {
        let keyed = Keyed::new(PolicyPatch::new().failure_threshold(1));
        let caller = keyed.call_elsewhere(2);
        fail(&keyed.slot);
        let passed = caller.join().unwrap();
        let Status { state, totals, .. } = keyed.slot.status();
        assert_eq!((state, totals.failures, totals.successes), (State::Open, 1, passed));
        assert!(!pass_and_succeed(keyed.turnstile));
    });
}

#[test]
fn a_success_that_has_passed_ends_a_run_of_failures() {
    model(|| {
        let keyed = Keyed::new(PolicyPatch::new().failure_threshold(9));
        let permit = pass(keyed.turnstile).unwrap();
        let failing = spawn(&keyed.slot, fail);
        permit.record_success();
        failing.join().unwrap();
        let Status { failures, totals, .. } = keyed.slot.status();
        assert!(failures <= 1);
        assert_eq!((totals.successes, totals.failures), (1, 1));
        // A later one ends it, and opens the turnstile again.
        keyed.slot.record_success(keyed.slot.gate.admit_at_once().unwrap());
        assert_eq!(keyed.slot.status().failures, 0);
        assert!(pass_and_succeed(keyed.turnstile));
    });
}

#[test]
fn of_two_calls_that_have_passed_before_a_reset_at_most_one_enters_the_new_run() {
    model(|| {
        let keyed = Keyed::new(PolicyPatch::new());
        let turnstile = keyed.turnstile;
        let caller = spawn(&keyed.slot, move |_| {
            let is_of_first_run = |permit: &RawPermit<_>| permit.word().generation().number() == 0;
            let permits = [pass(turnstile), pass(turnstile)];
            permits
                .into_iter()
                .flatten()
                .filter(is_of_first_run)
                .for_each(RawPermit::record_success);
        });
        keyed.slot.act(Action::Reset, By::from("model"));
        caller.join().unwrap();
        assert!(keyed.slot.status().successes <= 1);
    });
}

#[test]
fn an_eviction_includes_an_ignored_call_that_has_passed() {
    model(|| {
        let keyed = Keyed::new(PolicyPatch::new());
        let turnstile = keyed.turnstile;
        let caller = spawn(&keyed.slot, move |_| {
            pass(turnstile).map(|permit| permit.record(Outcome::Ignore)).is_some()
        });
        let evicted = keyed.evict();
        let ignored = u64::from(caller.join().unwrap());
        assert!(evicted.is_none_or(|evicted| evicted.ignored == ignored), "{evicted:?}");
        assert_eq!(keyed.slot.counted().ignored, ignored);
    });
}

#[test]
fn a_breaker_that_a_call_has_passed_to_is_not_evicted() {
    model(|| {
        let keyed = Keyed::new(PolicyPatch::new());
        let caller = keyed.call_elsewhere(2);
        let evicted = keyed.evict();
        let passed = caller.join().unwrap();
        assert_eq!(keyed.slot.counted().successes, passed);
        assert!(evicted.is_none_or(|evicted| evicted.successes == passed), "{evicted:?}");
    });
}

#[test]
fn a_failure_that_has_passed_is_counted_before_the_breaker_is_evicted() {
    model(|| {
        let keyed = Keyed::new(PolicyPatch::new());
        let turnstile = keyed.turnstile;
        let caller = spawn(&keyed.slot, move |_| {
            pass(turnstile).map(|permit| permit.record(Outcome::failure("model"))).is_some()
        });
        let evicted = keyed.evict();
        let has_failed = caller.join().unwrap();
        assert!(!(has_failed && evicted.is_some()));
        assert_eq!(keyed.slot.counted().failures, u64::from(has_failed));
    });
}

#[test]
fn a_call_never_counts_for_the_next_breaker_of_its_turnstile() {
    model(|| {
        let keyed = Keyed::new(PolicyPatch::new());
        let caller = keyed.call_elsewhere(1);
        let next = slot_in(Arc::clone(&keyed.slot.context), PolicyPatch::new());
        let evicted = keyed.evict();
        if evicted.is_some() {
            next.make_turnstile(key("b")).unwrap();
            assert!(ptr::eq(next.turnstile().unwrap(), keyed.turnstile));
            let place = next.make_turnstile(key("b")).unwrap();
            let permit = keyed.turnstile.pass(place, key("b")).map(RawPermit::of_passed);
            permit.unwrap().record_success();
        }
        let passed = caller.join().unwrap();
        let of_next = u64::from(evicted.is_some());
        assert_eq!((keyed.slot.counted().successes, next.counted().successes), (passed, of_next));
        assert!(evicted.is_none_or(|evicted| evicted.successes == passed));
    });
}

#[test]
fn a_call_that_remembers_an_earlier_breaker_of_its_key_is_counted_by_the_one_it_passes_to() {
    model(|| {
        let keyed = Keyed::new(PolicyPatch::new());
        let caller = keyed.call_elsewhere(2);
        let next = slot_in(Arc::clone(&keyed.slot.context), PolicyPatch::new());
        let is_evicted = keyed.evict().is_some();
        if is_evicted {
            next.make_turnstile(key("a")).unwrap();
        }
        let passed = caller.join().unwrap();
        let counted = [keyed.slot.counted().successes, next.counted().successes];
        assert_eq!(counted.iter().sum::<u64>(), passed);
        assert!(is_evicted || counted == [passed, 0]);
        // Once it sees the next tenancy, it looks its breaker up again.
        assert_eq!(pass_and_succeed(keyed.turnstile), !is_evicted);
    });
}
