//! Laws of the overlay of one breaker, over every short sequence of steps.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::time::Duration;

use super::{LaidOverlay, Overlay, Ruling};
use crate::circuit::Tick;

/// What can happen to an overlay.
#[derive(Debug, Clone, Copy)]
enum Step {
    Lay {
        epoch: u64,
        permits: u32,
    },
    Lift {
        epoch: u64,
    },
    LiftLocally,
    /// A call that the circuit admits if the overlay does.
    Call,
    Pass(Duration),
}

const SECOND: Duration = Duration::from_secs(1);

const STEPS: [Step; 9] = [
    Step::Lay { epoch: 1, permits: 0 },
    Step::Lay { epoch: 2, permits: 1 },
    Step::Lay { epoch: 2, permits: 2 },
    Step::Lay { epoch: 3, permits: 0 },
    Step::Lift { epoch: 1 },
    Step::Lift { epoch: 2 },
    Step::LiftLocally,
    Step::Call,
    Step::Pass(SECOND),
];

const LENGTH: Duration = Duration::from_secs(2);

/// The overlay after some steps, and what was seen meanwhile.
#[derive(Debug, Clone, Default)]
struct Run {
    overlay: LaidOverlay,
    now: Tick,
    /// The greatest epoch of a step that was not stale.
    epoch: u64,
    /// Calls that the overlay of this epoch has let through.
    let_through: u32,
    permits: u32,
}

impl Run {
    fn step(&mut self, step: Step) {
        match step {
            Step::Lay { epoch, permits } => {
                let overlay = Overlay::open_for(epoch, LENGTH, "a test").unwrap().permits(permits);
                self.try_epoch(self.epoch < epoch, |run| run.overlay.lay(overlay, run.now).is_ok());
                if self.overlay.is_laid() && self.epoch < epoch {
                    (self.epoch, self.permits, self.let_through) = (epoch, permits, 0);
                }
            }
            Step::Lift { epoch } => {
                let is_known = self.epoch <= epoch;
                self.try_epoch(is_known, |run| run.overlay.lift(epoch, run.now).is_ok());
                self.epoch = self.epoch.max(epoch);
            }
            Step::LiftLocally => _ = self.overlay.lift_locally(self.now),
            Step::Call => self.call(),
            Step::Pass(duration) => self.now = self.now.after(duration),
        }
    }

    /// A step of a stale epoch changes nothing.
    fn try_epoch(&mut self, is_fresh: bool, step: impl FnOnce(&mut Self) -> bool) {
        let before = self.overlay.clone();
        assert_eq!(step(self), is_fresh);
        assert!(is_fresh || self.overlay == before, "a stale epoch changed something");
    }

    fn call(&mut self) {
        let rejected = self.overlay.rejects_until(self.now);
        match self.overlay.rule(0, self.now) {
            Ruling::Silent => assert!(!self.overlay.is_present(self.now)),
            Ruling::LetsThrough => {
                assert!(rejected.is_none());
                let number = self.overlay.take_permit();
                assert_eq!(self.overlay.epoch_of(number), Some(self.epoch));
                self.let_through += 1;
            }
            Ruling::Rejects(left) => {
                assert_eq!(rejected, Some(self.now.after(left)));
                assert!(!left.is_zero() && left <= LENGTH);
                assert_eq!(self.let_through, self.permits, "a permit was left");
            }
        }
        assert!(self.let_through <= self.permits, "more calls than permits");
    }
}

fn explore(run: &Run, depth: u32) {
    if depth == 0 {
        return;
    }
    for step in STEPS {
        let mut next = run.clone();
        next.step(step);
        explore(&next, depth - 1);
    }
}

#[test]
fn every_short_sequence_of_steps_keeps_the_laws() {
    explore(&Run::default(), 6);
}

#[test]
fn a_share_is_drawn_by_seed_epoch_and_number_alone() {
    let share = |seed| {
        let mut laid = LaidOverlay::default();
        let overlay = Overlay::open_for(1, LENGTH, "a test").unwrap().admitting(300).unwrap();
        laid.lay(overlay, Tick::ORIGIN).unwrap();
        (0..64).map(|_| laid.rule(seed, Tick::ORIGIN) == Ruling::LetsThrough).collect::<Vec<_>>()
    };
    assert_eq!(share(1), share(1));
    assert_ne!(share(1), share(2));
}

#[test]
fn the_outcome_of_a_call_belongs_to_the_overlay_that_let_it_through() {
    let mut laid = LaidOverlay::default();
    let of_epoch = |epoch| Overlay::open_for(epoch, LENGTH, "a test").unwrap().permits(2);
    laid.lay(of_epoch(1), Tick::ORIGIN).unwrap();
    let first = [laid.take_permit(), laid.take_permit()];
    laid.lay(of_epoch(2), Tick::ORIGIN).unwrap();
    let second = laid.take_permit();
    assert_eq!(first.map(|number| laid.epoch_of(number)), [None, None]);
    assert_eq!(laid.epoch_of(second), Some(2));
}
