//! The bare circuit as a subject. Its owner keeps the clock, the totals and the policy.

use std::time::Duration;

use brama::{
    Policy, PolicyPatch, Reason, State,
    circuit::{Action, Admission, Circuit, Fate, Generation, Tick, Verdict},
    error::InvalidPolicy,
    outcome::Abandoned,
    status::{Change, Rule},
};

use super::{
    step::{CallEnd, Reported},
    subject::{Observation, Subject, Totals},
};

#[derive(Debug)]
pub(crate) struct BareCircuit {
    circuit: Circuit,
    policy: Policy,
    now: Tick,
    totals: Totals,
    cause: Option<Rule>,
    changes: Vec<State>,
}

#[derive(Debug)]
pub(crate) struct Permit {
    began: Tick,
    /// `None` if the call was only observed: its outcome is not recorded.
    generation: Option<Generation>,
}

impl Subject for BareCircuit {
    type Permit = Permit;

    fn new(policy: PolicyPatch) -> Result<Self, InvalidPolicy> {
        Ok(Self {
            circuit: Circuit::new(0),
            policy: policy.policy()?,
            now: Tick::ORIGIN,
            totals: Totals::default(),
            cause: None,
            changes: Vec::new(),
        })
    }

    fn wait(&mut self, length: Duration) {
        self.now = self.now.after(length);
    }

    fn admit(&mut self) -> Option<Permit> {
        let (admission, change) = self.circuit.admit(&self.policy, self.now);
        self.note(change);
        let generation = match admission {
            Admission::Admitted(generation) => Some(generation),
            Admission::Shadowed => None,
            Admission::Rejected { .. } => {
                self.totals.rejected += 1;
                return None;
            }
        };
        self.totals.rejected += u64::from(generation.is_none());
        Some(Permit { began: self.now, generation })
    }

    fn end(&mut self, permit: Permit, end: CallEnd) {
        let Some(generation) = permit.generation else {
            return;
        };
        let verdict = verdict(end, self.now.since(permit.began));
        self.count(&verdict);
        let (fate, changes) = self.circuit.report(&self.policy, generation, verdict, self.now);
        self.totals.late += u64::from(matches!(fate, Fate::Late | Fate::Extended));
        self.note(changes);
    }

    fn report(&mut self, reported: Reported) {
        let verdict = match reported {
            Reported::Success => Verdict::SUCCESS,
            Reported::Failure => Verdict::failure("reported"),
        };
        self.count(&verdict);
        let (_, changes) = self.circuit.record_unpermitted(&self.policy, verdict, self.now);
        self.note(changes);
    }

    fn act(&mut self, action: Action) {
        let reason = Reason::from("the vector says so");
        let change = self.circuit.act(&self.policy, action, reason.into(), self.now);
        self.note([change]);
    }

    fn sweep(&mut self) {
        let change = self.circuit.sweep(self.now);
        self.note(change);
    }

    fn take_changes(&mut self) -> Vec<State> {
        std::mem::take(&mut self.changes)
    }

    fn observe(&self) -> Observation {
        Observation {
            state: self.circuit.state(),
            failures: self.circuit.failures(),
            successes: self.circuit.successes(),
            retry_after: self.circuit.retry_after(self.now),
            cause: self.cause,
            trips: self.circuit.trips(),
            totals: self.totals,
        }
    }
}

impl BareCircuit {
    fn count(&mut self, verdict: &Verdict) {
        let Totals { successes, failures, ignored, abandoned, .. } = &mut self.totals;
        match verdict {
            Verdict::Success { .. } => *successes += 1,
            Verdict::Failure { .. } | Verdict::Trip { .. } => *failures += 1,
            Verdict::Ignore | Verdict::InnerRejection => *ignored += 1,
            Verdict::Abandoned { .. } => {
                *abandoned += 1;
                *failures += u64::from(self.policy.abandoned() == Abandoned::Failure);
            }
        }
    }

    fn note(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            if change.is_announced() {
                self.changes.push(change.to);
            }
            match change.to {
                State::Open | State::ForcedOpen => self.cause = Some(change.cause.rule),
                State::Closed | State::HalfOpen | State::Disabled => {}
            }
        }
    }
}

fn verdict(end: CallEnd, took: Duration) -> Verdict {
    let took = Some(took);
    match end {
        CallEnd::Success => Verdict::Success { took },
        CallEnd::Failure { retry_after } => {
            Verdict::Failure { reason: Reason::from("failure"), retry_after, took }
        }
        CallEnd::Trip { retry_after } => {
            Verdict::Trip { reason: Reason::from("trip"), retry_after, took }
        }
        CallEnd::Panic => {
            Verdict::Failure { reason: Reason::from("panic"), retry_after: None, took }
        }
        CallEnd::Ignore => Verdict::Ignore,
        CallEnd::Drop => Verdict::Abandoned { took },
    }
}
