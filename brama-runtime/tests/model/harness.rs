//! A circuit on a test stand: its policy, its clock and the permits it gave.

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
    oracle_policy::{NANO, Terms},
    signal::{Answer, How, Signal, View, Which, tick},
};

#[derive(Debug, Clone)]
pub(crate) struct Stand {
    pub(crate) circuit: Circuit,
    pub(crate) policy: Policy,
    pub(crate) now: Duration,
    pub(crate) permits: Vec<Generation>,
    pub(crate) heard: Vec<Signal>,
}

impl Stand {
    pub(crate) fn new(terms: &Terms) -> Self {
        Self::with_policy(terms.policy())
    }

    pub(crate) const fn with_policy(policy: Policy) -> Self {
        let circuit = Circuit::new(0);
        Self { circuit, policy, now: Duration::ZERO, permits: Vec::new(), heard: Vec::new() }
    }

    /// Passes the signal on; `None` where no permit is left to end.
    pub(crate) fn step(&mut self, signal: Signal) -> Option<Answer> {
        let answer = match signal {
            Signal::Ask => Some(self.ask()),
            Signal::End(which, how) => self.end(which, how),
            Signal::Tell(how) => Some(judged(self.circuit.record_unpermitted(
                &self.policy,
                self.verdict(how),
                self.tick(),
            ))),
            Signal::Act(action) => {
                Some(changed(Some(self.circuit.act(&self.policy, action, BY_TEST(), self.tick()))))
            }
            Signal::Sweep => Some(changed(self.circuit.sweep(self.tick()))),
            Signal::Pass => {
                let (fate, change) = self.circuit.check_passed(&self.policy, self.tick());
                Some(Answer { fate, ..changed(change) })
            }
            Signal::Wait(length) => Some(self.turn_clock(self.now + length)),
            Signal::StepBack(length) => Some(self.turn_clock(self.now.saturating_sub(length))),
        };
        self.heard.push(signal);
        answer
    }

    pub(crate) fn steps(mut self, signals: &[Signal]) -> Self {
        for signal in signals {
            self.step(*signal);
        }
        self
    }

    fn ask(&mut self) -> Answer {
        let (admission, change) = self.circuit.admit(&self.policy, self.tick());
        if let Admission::Admitted(generation) = admission {
            self.permits.push(generation);
        }
        Answer { admission: Some(admission), ..changed(change) }
    }

    fn end(&mut self, which: Which, how: How) -> Option<Answer> {
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
            How::Ignore => Verdict::Ignore,
            How::Abandon => Verdict::Abandoned { took: None },
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
            would_admit: circuit.would_admit(policy, now),
            rejects_until: circuit.rejects_until(policy),
        }
    }

    /// Everything that the circuit remembers, in words.
    pub(crate) fn memory(&self) -> String {
        format!("{:?}", self.circuit)
    }
}

const BY_TEST: fn() -> By = || By::from("by test");

fn failure(retry_after: Option<Duration>, took: Option<Duration>) -> Verdict {
    Verdict::Failure { reason: Reason::from("refused"), retry_after, took }
}

fn judged((fate, change): (Fate, Option<Change>)) -> Answer {
    Answer { fate: Some(fate), ..changed(change) }
}

fn changed(change: Option<Change>) -> Answer {
    Answer { change: change.map(Into::into), ..Answer::default() }
}

/// Two stands are one where whatever follows would be the same.
impl Hash for Stand {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        write!(Words(hasher), "{:?}", self.circuit).expect("hashing does not fail");
        (self.now, &self.permits).hash(hasher);
    }
}

struct Words<'a, H>(&'a mut H);

impl<H: Hasher> Write for Words<'_, H> {
    fn write_str(&mut self, words: &str) -> std::fmt::Result {
        self.0.write(words.as_bytes());
        Ok(())
    }
}
