//! Models of the calls in flight: of the limit, and of those who wait for a place.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Wake, Waker},
};

use loom::sync::atomic::AtomicUsize;

use super::harness::{admit, call, model, slot, spawn};
use crate::{
    breaker::slot::Slot,
    circuit::{Action, By, PolicyPatch},
    status::Status,
};

const ONE: PolicyPatch = PolicyPatch::new().concurrency_limit(1);

#[test]
fn one_call_at_once_runs_and_its_place_is_handed_over() {
    model(|| {
        let ((slot, _), running) = (slot(ONE), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&running);
        let run = move |slot: &Slot| {
            let Ok(entry) = admit(slot) else { return 0 };
            // A load may see an older value, unless the place orders the calls.
            assert_eq!(counted.load(Ordering::Relaxed), 0);
            counted.store(1, Ordering::Relaxed);
            counted.store(0, Ordering::Relaxed);
            slot.record_success(Some(entry));
            1
        };
        let other = spawn(&slot, run.clone());
        let ran = run(&slot) + run(&slot);
        let ran = ran + other.join().unwrap();
        let Status { totals, rejections, in_flight, .. } = slot.status();
        assert!(1 <= ran);
        assert_eq!((totals.successes, rejections.saturated, in_flight), (ran, 3 - ran, Some(0)));
    });
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Looks for a place as a task does. Returns whether it found one, or was woken by the end.
fn waits(slot: &Slot, meanwhile: impl FnOnce()) -> bool {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let waiter = slot.add_waiter(slot.time_now(), &waker);
    meanwhile();
    let Some((key, _)) = waiter else { return true };
    slot.remove_waiter(key);
    woken.0.load(Ordering::Relaxed)
}

#[test]
fn who_waits_sees_the_place_or_is_woken() {
    model(|| {
        let (slot, _) = slot(ONE);
        let entry = admit(&slot).unwrap();
        let caller = spawn(&slot, move |slot| slot.record_success(Some(entry)));
        assert!(waits(&slot, || caller.join().unwrap()));
    });
}

#[test]
fn who_waits_is_woken_though_others_take_the_place_meanwhile() {
    model(|| {
        let (slot, _) = slot(ONE);
        let entry = admit(&slot).unwrap();
        let callers = [
            spawn(&slot, move |slot| slot.record_success(Some(entry))),
            spawn(&slot, |slot| {
                call(slot);
            }),
        ];
        let end = || callers.into_iter().for_each(|caller| caller.join().unwrap());
        assert!(waits(&slot, end));
    });
}

#[test]
fn who_waits_for_the_circuit_is_woken_when_a_place_is_free_too() {
    model(|| {
        let (slot, _) = slot(ONE);
        let entry = admit(&slot).unwrap();
        slot.act(Action::Open(None), By::from("model"));
        let caller = spawn(&slot, move |slot| slot.record_success(Some(entry)));
        let end = || {
            slot.act(Action::Close, By::from("model"));
            caller.join().unwrap();
        };
        assert!(waits(&slot, end));
    });
}
