//! A gate that counts successes itself while the circuit is settled, or is settled by a success.

use brama_runtime::api::State;

use crate::{
    harness::Harness,
    signal::{Answer, How, Signal, Which},
};

#[derive(Debug, Clone, Hash)]
pub(crate) struct Gate {
    harness: Harness,
    pending: u64,
    recovered: bool,
}

impl Gate {
    pub(crate) const fn new(harness: Harness) -> Self {
        Self { harness, pending: 0, recovered: false }
    }

    /// Sends the signal to the circuit; `None` if the gate handles the signal itself.
    pub(crate) fn step(&mut self, signal: Signal) -> Option<Answer> {
        match signal {
            Signal::Admit if self.admits() => self.admit(),
            Signal::Report(which, How::Success | How::AlmostSlowSuccess) if self.counts(which) => {
                self.count(which)
            }
            Signal::Wait(_) => self.harness.step(signal),
            Signal::Admit
            | Signal::Report(..)
            | Signal::Record(_)
            | Signal::Act(_)
            | Signal::Sweep
            | Signal::CheckPassed
            | Signal::StepBack(_) => self.flush().step(signal),
        }
    }

    fn admits(&self) -> bool {
        matches!(self.harness.circuit.state(), State::Closed | State::Disabled)
    }

    fn admit(&mut self) -> Option<Answer> {
        self.harness.permits.push(self.harness.circuit.generation());
        None
    }

    /// Returns whether the gate may count a success of this permit itself.
    fn counts(&self, which: Which) -> bool {
        let Harness { circuit, policy, permits, .. } = &self.harness;
        let current = which.of(permits) == Some(&circuit.generation());
        let settled = circuit.is_settled(policy) || circuit.is_settled_by_success(policy);
        current && settled && self.harness.tick() < circuit.settled_until()
    }

    fn count(&mut self, which: Which) -> Option<Answer> {
        which.take(&mut self.harness.permits)?;
        let Harness { circuit, policy, .. } = &self.harness;
        self.recovered |= circuit.is_settled_by_success(policy);
        self.pending += 1;
        None
    }

    /// Reports all counted successes to the circuit, and returns the harness.
    pub(crate) fn flush(&mut self) -> &mut Harness {
        let Harness { circuit, policy, .. } = &mut self.harness;
        if std::mem::take(&mut self.recovered) {
            circuit.end_failures();
        }
        circuit.count_successes(policy, std::mem::take(&mut self.pending));
        &mut self.harness
    }
}
