//! The breaker as a subject: handle, gate, lock and permits, on a manual clock.

use std::{
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use brama::{
    Breaker, Outcome, Permit, PolicyPatch, Registry, State, circuit::Action, error::InvalidPolicy,
    testing::ManualClock,
};

use super::{
    step::{CallEnd, Reported},
    subject::{self, Observation, Subject, Totals},
};

#[derive(Debug)]
pub(crate) struct WholeBreaker {
    clock: ManualClock,
    registry: Registry,
    breaker: Breaker,
    journal: Journal,
}

/// The states that a breaker enters. Between two observations, a step changes the state at most
/// once.
#[derive(Debug, Default)]
struct Journal {
    last: State,
    entered: Vec<State>,
}

impl Subject for WholeBreaker {
    type Permit = Permit;

    fn new(policy: PolicyPatch) -> Result<Self, InvalidPolicy> {
        let clock = ManualClock::new();
        let registry = Registry::with_clock(clock.clone());
        let breaker = registry.breaker("vector");
        breaker.configure(policy)?;
        Ok(Self { clock, registry, breaker, journal: Journal::default() })
    }

    fn wait(&mut self, length: Duration) {
        self.clock.advance(length);
    }

    fn admit(&mut self) -> Option<Permit> {
        let permit = self.breaker.try_acquire().ok();
        self.look();
        permit
    }

    fn end(&mut self, permit: Permit, end: CallEnd) {
        match outcome(end) {
            Some(outcome) => permit.record(outcome),
            None => drop(permit),
        }
        self.look();
    }

    fn report(&mut self, reported: Reported) {
        match reported {
            Reported::Success => self.breaker.success(),
            Reported::Failure => self.breaker.failure("reported"),
        }
        self.look();
    }

    fn act(&mut self, action: Action) {
        let reason = "the vector says so";
        match action {
            Action::Open(None) => self.breaker.open(reason),
            Action::Open(Some(length)) => {
                // If the action is rejected, the state shows it.
                let _ = self.breaker.open_for(length, reason);
            }
            Action::ForceOpen => self.breaker.force_open(reason),
            Action::Close => self.breaker.close(reason),
            Action::Reset => self.breaker.reset(reason),
            Action::Disable => self.breaker.disable(reason),
        }
        self.look();
    }

    fn sweep(&mut self) {
        self.registry.sweep();
        self.look();
    }

    fn take_changes(&mut self) -> Vec<State> {
        std::mem::take(&mut self.journal.entered)
    }

    fn observe(&self) -> Observation {
        let status = self.breaker.status();
        Observation {
            state: status.state,
            failures: status.failures,
            successes: status.successes,
            retry_after: status.retry_after,
            cause: status.cause.map(|cause| cause.rule),
            trips: status.trips,
            totals: Totals {
                successes: status.totals.successes,
                failures: status.totals.failures,
                ignored: status.totals.ignored,
                abandoned: status.totals.abandoned,
                rejected: status.totals.rejected,
                late: status.totals.late,
            },
        }
    }

    /// Calls a protected body, because only a body can panic. An abandoned call drops its permit.
    fn call(&mut self, end: CallEnd, took: Duration) -> bool {
        let Some(outcome) = outcome(end) else {
            return subject::call_by_permit(self, end, took);
        };
        let Self { clock, breaker, journal, .. } = self;
        let body = || {
            journal.look(breaker);
            clock.advance(took);
            if end == CallEnd::Panic {
                // Unlike `panic!`, this prints nothing to standard error.
                panic::resume_unwind(Box::new("the vector says so"));
            }
        };
        let call = AssertUnwindSafe(|| breaker.call_with(|()| outcome, body));
        let is_rejected = matches!(panic::catch_unwind(call), Ok(Err(_)));
        self.look();
        !is_rejected
    }
}

impl WholeBreaker {
    fn look(&mut self) {
        self.journal.look(&self.breaker);
    }
}

impl Journal {
    fn look(&mut self, breaker: &Breaker) {
        let state = breaker.state();
        if state != self.last {
            self.entered.push(state);
            self.last = state;
        }
    }
}

/// `None` if the call is abandoned.
fn outcome(end: CallEnd) -> Option<Outcome> {
    match end {
        CallEnd::Success => Some(Outcome::Success),
        CallEnd::Failure { retry_after: None } => Some(Outcome::failure("failure")),
        CallEnd::Failure { retry_after: Some(hint) } => {
            Some(Outcome::failure("failure").retry_after(hint))
        }
        CallEnd::Ignore => Some(Outcome::Ignore),
        CallEnd::Panic => Some(Outcome::failure("panic")),
        CallEnd::Drop => None,
    }
}
