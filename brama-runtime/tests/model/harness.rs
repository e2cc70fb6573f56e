//! The harness of a circuit: its policy, its time, the open permits and the signals so far.

use std::{
    fmt::Write,
    hash::{Hash, Hasher},
    time::Duration,
};

use brama_runtime::api::{
    Policy, Reason,
    circuit::{Admission, By, Circuit, Fate, Generation, Tick, Verdict},
    status::Change,
};

use crate::{
    oracle::policy::{NANO, OraclePolicy},
    signal::{Answer, How, Signal, View, Which, tick},
};

#[derive(Debug, Clone)]
pub(crate) struct Harness {
    pub(crate) circuit: Circuit,
    pub(crate) policy: Policy,
    pub(crate) now: Duration,
    pub(crate) permits: Vec<Generation>,
    pub(crate) signals: Vec<Signal>,
}

impl Harness {
    pub(crate) fn new(policy: &OraclePolicy) -> Self {
        Self::with_policy(policy.build())
    }

    pub(crate) const fn with_policy(policy: Policy) -> Self {
        let circuit = Circuit::new(0);
        Self { circuit, policy, now: Duration::ZERO, permits: Vec::new(), signals: Vec::new() }
    }

    /// Sends the signal to the circuit; `None` if it needs a permit and none is open.
    pub(crate) fn step(&mut self, signal: Signal) -> Option<Answer> {
        let answer = match signal {
            Signal::Admit => Some(self.admit()),
            Signal::Report(which, how) => self.report(which, how),
            Signal::Record(how) => Some(judged(self.circuit.record_unpermitted(
                &self.policy,
                self.verdict(how),
                self.tick(),
            ))),
            Signal::Act(action) => {
                Some(changed([self.circuit.act(&self.policy, action, BY_TEST(), self.tick())]))
            }
            Signal::Sweep => Some(changed(self.circuit.sweep(self.tick()))),
            Signal::CheckPassed => Some(changed(self.circuit.check_passed(self.tick()))),
            Signal::Wait(length) => Some(self.turn_clock(self.now + length)),
            Signal::StepBack(length) => Some(self.turn_clock(self.now.saturating_sub(length))),
        };
        self.signals.push(signal);
        answer
    }

    pub(crate) fn steps(mut self, signals: &[Signal]) -> Self {
        for signal in signals {
            self.step(*signal);
        }
        self
    }

    fn admit(&mut self) -> Answer {
        let (admission, change) = self.circuit.admit(&self.policy, self.tick());
        if let Admission::Admitted(generation) = admission {
            self.permits.push(generation);
        }
        Answer { admission: Some(admission), ..changed(change) }
    }

    fn report(&mut self, which: Which, how: How) -> Option<Answer> {
        let permit = which.take(&mut self.permits)?;
        let verdict = self.verdict(how);
        Some(judged(self.circuit.report(&self.policy, permit, verdict, self.tick())))
    }

    fn turn_clock(&mut self, now: Duration) -> Answer {
        self.now = now;
        Answer::default()
    }

    pub(crate) fn tick(&self) -> Tick {
        tick(self.now)
    }

    pub(crate) fn verdict(&self, how: How) -> Verdict {
        let limit = self.policy.slow_call_duration();
        match how {
            How::Success => Verdict::SUCCESS,
            How::AlmostSlowSuccess => Verdict::Success { took: Some(limit) },
            How::SlowSuccess => Verdict::Success { took: Some(limit + NANO) },
            How::Failure => failure(None, None),
            How::SlowFailure => failure(None, Some(limit + NANO)),
            How::HintedFailure(hint) => failure(Some(hint), None),
            How::Trip(retry_after) => {
                Verdict::Trip { reason: Reason::from("refused"), retry_after, took: None }
            }
            How::Ignore => Verdict::Ignore,
            How::InnerRejection => Verdict::InnerRejection,
            How::Abandon => Verdict::Abandoned { took: None },
            How::HangUp => Verdict::Abandoned { took: Some(SECOND.saturating_sub(NANO)) },
            How::GiveUp => Verdict::Abandoned { took: Some(SECOND) },
        }
    }

    pub(crate) fn view(&self) -> View {
        let Self { circuit, policy, .. } = self;
        let now = self.tick();
        View {
            state: circuit.state(),
            generation: circuit.generation().number(),
            opening: circuit.opening(),
            since: circuit.since(),
            until: circuit.until(),
            retry_after: circuit.retry_after(now),
            failures: circuit.failures(),
            successes: circuit.successes(),
            trips: circuit.trips(),
            probes: circuit.probes(),
            counts: circuit.counts(now),
            open_duration: circuit.open_duration(),
            admitting: circuit.admitting(now),
            would_admit: circuit.would_admit(policy, now),
            rejects_until: circuit.rejects_until(policy),
        }
    }

    /// The whole memory of the circuit, as text.
    pub(crate) fn memory(&self) -> String {
        format!("{:?}", self.circuit)
    }
}

const SECOND: Duration = Duration::from_secs(1);
const BY_TEST: fn() -> By = || By::from("by test");

fn failure(retry_after: Option<Duration>, took: Option<Duration>) -> Verdict {
    Verdict::Failure { reason: Reason::from("refused"), retry_after, took }
}

fn judged((fate, changes): (Fate, Vec<Change>)) -> Answer {
    Answer { fate: Some(fate), ..changed(changes) }
}

fn changed(changes: impl IntoIterator<Item = Change>) -> Answer {
    Answer { changes: changes.into_iter().map(Into::into).collect(), ..Answer::default() }
}

/// Leaves out the signals so far: they do not affect further answers.
impl Hash for Harness {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        write!(HashWriter(hasher), "{:?}", self.circuit).expect("hashing does not fail");
        (self.now, &self.permits).hash(hasher);
    }
}

struct HashWriter<'a, H>(&'a mut H);

impl<H: Hasher> Write for HashWriter<'_, H> {
    fn write_str(&mut self, words: &str) -> std::fmt::Result {
        self.0.write(words.as_bytes());
        Ok(())
    }
}
