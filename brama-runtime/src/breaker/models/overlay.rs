//! Models of overlays: laid, lifted and used up while calls are admitted and the circuit changes.

use std::time::Duration;

use super::harness::{admit, call, model, slot, spawn};
use crate::{
    breaker::slot::Slot,
    circuit::{Action, By, PolicyPatch, State, Verdict},
    overlay::Overlay,
};

const MINUTE: Duration = Duration::from_secs(60);

fn of_epoch(epoch: u64) -> Overlay {
    Overlay::open_for(epoch, MINUTE, "model").unwrap()
}

/// Makes a call. Returns whether it ran.
fn runs(slot: &Slot) -> u64 {
    u64::from(call(slot).is_some())
}

#[test]
fn two_permits_let_exactly_two_of_three_calls_through() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        slot.lay(of_epoch(1).permits(2)).unwrap();
        let others = [spawn(&slot, runs), spawn(&slot, runs)];
        let ran = runs(&slot) + others.map(|other| other.join().unwrap()).iter().sum::<u64>();
        let status = slot.status();
        assert_eq!((ran, status.totals.successes, status.rejections.fleet), (2, 2, 1));
    });
}

#[test]
fn a_call_that_begins_after_an_overlay_was_laid_is_rejected_and_none_is_lost() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        let caller = spawn(&slot, |slot| runs(slot) + runs(slot));
        slot.lay(of_epoch(1)).unwrap();
        assert_eq!(runs(&slot), 0);
        let ran = caller.join().unwrap();
        let status = slot.status();
        assert_eq!((status.totals.successes, status.rejections.fleet), (ran, 3 - ran));
    });
}

#[test]
fn a_rejection_names_the_overlay_that_rejects_and_not_one_that_lets_the_call_through() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        slot.lay(of_epoch(1)).unwrap();
        let other = spawn(&slot, |slot| slot.lay(of_epoch(2).permits(7)));
        let rejected = admit(&slot).err();
        other.join().unwrap().unwrap();
        assert!(rejected.is_none_or(|rejection| rejection.overlay() == Some(1)));
    });
}

#[test]
fn of_two_overlays_the_greater_epoch_stays() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        let other = spawn(&slot, |slot| slot.lay(of_epoch(2).permits(7)));
        let first = slot.lay(of_epoch(1));
        other.join().unwrap().unwrap();
        assert!(first.is_ok() || first.unwrap_err().known() == 2);
        let overlay = slot.status().overlay.unwrap();
        assert_eq!((overlay.epoch, overlay.permits), (2, Some(7)));
    });
}

#[test]
fn an_overlay_takes_nothing_of_a_forced_opening_and_a_close_by_hand_takes_the_overlay() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        let fleet = spawn(&slot, |slot| slot.lay(of_epoch(1)));
        slot.act(Action::ForceOpen, By::from("model"));
        fleet.join().unwrap().unwrap();
        assert_eq!(slot.status().state, State::ForcedOpen);
        slot.act(Action::Close, By::from("model"));
        assert_eq!(runs(&slot), 1);
    });
}

#[test]
fn failures_that_open_the_circuit_are_judged_while_an_overlay_comes_and_goes() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new().failure_threshold(1));
        let entry = admit(&slot).unwrap();
        let fleet = spawn(&slot, |slot| {
            slot.lay(of_epoch(1)).unwrap();
            slot.lift(2, By::from("model")).unwrap();
        });
        slot.record_verdict(entry, Verdict::failure("refused"));
        fleet.join().unwrap();
        let status = slot.status();
        assert_eq!((status.state, status.trips, status.overlay), (State::Open, 1, None));
    });
}
