//! The breaker as a subject: handle, gate, lock and permits, on a manual clock.

use std::{
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use brama::{
    Breaker, Outcome, Permit, PolicyPatch, Registry, State,
    circuit::Action,
    error::InvalidPolicy,
    event::{Event, EventDetail, EventFilter, EventKind, Subscription},
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
    changes: Subscription,
}

impl Subject for WholeBreaker {
    type Permit = Permit;

    fn new(policy: PolicyPatch) -> Result<Self, InvalidPolicy> {
        let clock = ManualClock::new();
        let registry = Registry::with_clock(clock.clone());
        let breaker = registry.breaker("vector");
        breaker.configure(policy)?;
        let changes = registry.subscribe(EventFilter::new().kinds(EventKind::StateChanged));
        Ok(Self { clock, registry, breaker, changes })
    }

    fn wait(&mut self, length: Duration) {
        self.clock.advance(length);
    }

    fn admit(&mut self) -> Option<Permit> {
        self.breaker.try_acquire().ok()
    }

    fn end(&mut self, permit: Permit, end: CallEnd) {
        match outcome(end) {
            Some(outcome) => permit.record(outcome),
            None => drop(permit),
        }
    }

    fn report(&mut self, reported: Reported) {
        match reported {
            Reported::Success => self.breaker.success(),
            Reported::Failure => self.breaker.failure("reported"),
        }
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
    }

    fn sweep(&mut self) {
        self.registry.sweep();
    }

    fn take_changes(&mut self) -> Vec<State> {
        let events = std::iter::from_fn(|| self.changes.try_recv());
        let entered = |event: Event| {
            let EventDetail::StateChanged { to, .. } = event.detail else { return None };
            Some(to)
        };
        events.filter_map(entered).collect()
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
        let Self { clock, breaker, .. } = self;
        let body = || {
            clock.advance(took);
            if end == CallEnd::Panic {
                // Unlike `panic!`, this prints nothing to standard error.
                panic::resume_unwind(Box::new("the vector says so"));
            }
        };
        let call = AssertUnwindSafe(|| breaker.call_with(|()| outcome, body));
        let is_rejected = matches!(panic::catch_unwind(call), Ok(Err(_)));
        !is_rejected
    }
}

/// `None` if the call is abandoned.
fn outcome(end: CallEnd) -> Option<Outcome> {
    match end {
        CallEnd::Success => Some(Outcome::Success),
        CallEnd::Failure { retry_after } => Some(hinted(Outcome::failure("failure"), retry_after)),
        CallEnd::Trip { retry_after } => Some(hinted(Outcome::trip("trip"), retry_after)),
        CallEnd::Ignore => Some(Outcome::Ignore),
        CallEnd::Panic => Some(Outcome::failure("panic")),
        CallEnd::Drop => None,
    }
}

fn hinted(outcome: Outcome, hint: Option<Duration>) -> Outcome {
    match hint {
        Some(hint) => outcome.retry_after(hint),
        None => outcome,
    }
}
