//! Two breakers that take the same steps, one of which is also swept after every step.

use std::time::Duration;

use brama::{Permit, PolicyPatch, State, circuit::Action, error::InvalidPolicy};

use super::{
    breaker::WholeBreaker,
    step::{CallEnd, Reported},
    subject::{Observation, Subject},
};

/// Both breakers must admit the same calls and show the same status. The exceptions are changes
/// that are due: at the end of an opening, the unswept breaker shows open and the swept one
/// half-open; at the end of a ramp, half-open and closed.
#[derive(Debug)]
pub(crate) struct Swept {
    alone: WholeBreaker,
    other: WholeBreaker,
    has_ramp: bool,
}

impl Swept {
    fn compare(&mut self) {
        self.other.sweep();
        let (alone, swept) = (self.alone.observe(), self.other.observe());
        assert_eq!(swept.totals, alone.totals);
        match (alone.state, swept.state) {
            (State::Open, State::HalfOpen) => assert_opening_is_over(alone, swept),
            (State::HalfOpen, State::Closed) => self.assert_ramp_is_over(swept),
            _ => {
                assert_eq!((swept.state, swept.retry_after), (alone.state, alone.retry_after));
                assert_eq!((swept.failures, swept.successes), (alone.failures, alone.successes));
                assert_eq!((swept.cause, swept.trips), (alone.cause, alone.trips));
            }
        }
    }

    fn assert_ramp_is_over(&self, swept: Observation) {
        assert!(self.has_ramp, "a sweep closed a circuit without a ramp");
        assert_eq!((swept.retry_after, swept.trips), (None, 0));
    }
}

fn assert_opening_is_over(alone: Observation, swept: Observation) {
    assert_eq!((alone.retry_after, swept.retry_after), (Some(Duration::ZERO), None));
    assert_eq!((swept.failures, swept.successes), (0, 0));
    assert_eq!((swept.cause, swept.trips), (alone.cause, alone.trips));
}

impl Subject for Swept {
    type Permit = (Permit, Option<Permit>);

    fn new(policy: PolicyPatch) -> Result<Self, InvalidPolicy> {
        let (alone, other) = (WholeBreaker::new(policy)?, WholeBreaker::new(policy)?);
        let has_ramp = policy.policy()?.ramp().is_some();
        Ok(Self { alone, other, has_ramp })
    }

    fn wait(&mut self, length: Duration) {
        self.alone.wait(length);
        self.other.wait(length);
        self.compare();
    }

    fn admit(&mut self) -> Option<Self::Permit> {
        let (alone, swept) = (self.alone.admit(), self.other.admit());
        assert_eq!(alone.is_some(), swept.is_some());
        self.compare();
        alone.map(|alone| (alone, swept))
    }

    fn end(&mut self, (alone, swept): Self::Permit, end: CallEnd) {
        self.alone.end(alone, end);
        if let Some(swept) = swept {
            self.other.end(swept, end);
        }
        self.compare();
    }

    fn report(&mut self, outcome: Reported) {
        self.alone.report(outcome);
        self.other.report(outcome);
        self.compare();
    }

    fn act(&mut self, action: Action) {
        self.alone.act(action);
        self.other.act(action);
        self.compare();
    }

    fn sweep(&mut self) {
        self.alone.sweep();
        self.compare();
    }

    fn take_changes(&mut self) -> Vec<State> {
        self.alone.take_changes()
    }

    fn observe(&self) -> Observation {
        self.alone.observe()
    }
}
