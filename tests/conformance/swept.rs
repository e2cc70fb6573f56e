//! Two breakers that take the same steps, one of which is also swept after every step.

use std::time::Duration;

use brama::{Permit, PolicyPatch, State, circuit::Action, error::InvalidPolicy};

use super::{
    breaker::WholeBreaker,
    step::{CallEnd, Reported},
    subject::{Observation, Subject},
};

/// Both breakers must admit the same calls and show the same status. The exception is an opening
/// that is due: the unswept breaker shows open, the swept one half-open.
#[derive(Debug)]
pub(crate) struct Swept {
    alone: WholeBreaker,
    other: WholeBreaker,
}

impl Swept {
    fn is_due(&self) -> bool {
        let Observation { state, retry_after, .. } = self.alone.observe();
        state == State::Open && retry_after == Some(Duration::ZERO)
    }

    fn compare(&mut self) {
        self.other.sweep();
        let (alone, swept) = (self.alone.observe(), self.other.observe());
        if self.is_due() {
            assert_eq!((swept.state, swept.retry_after), (State::HalfOpen, None));
            assert_eq!((swept.failures, swept.successes), (0, 0));
        } else {
            assert_eq!((swept.state, swept.retry_after), (alone.state, alone.retry_after));
            assert_eq!((swept.failures, swept.successes), (alone.failures, alone.successes));
        }
        assert_eq!((swept.cause, swept.trips), (alone.cause, alone.trips));
        assert_eq!(swept.totals, alone.totals);
    }
}

impl Subject for Swept {
    type Permit = (Permit, Option<Permit>);

    fn new(policy: PolicyPatch) -> Result<Self, InvalidPolicy> {
        let (alone, other) = (WholeBreaker::new(policy)?, WholeBreaker::new(policy)?);
        Ok(Self { alone, other })
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
