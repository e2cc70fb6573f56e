//! A gate that counts successes beside the circuit while it is settled, or settled by the first.

use brama_runtime::api::State;

use crate::{
    harness::Stand,
    signal::{Answer, How, Signal, Which},
};

#[derive(Debug, Clone, Hash)]
pub(crate) struct Gate {
    stand: Stand,
    pending: u64,
    recovered: bool,
}

impl Gate {
    pub(crate) const fn new(stand: Stand) -> Self {
        Self { stand, pending: 0, recovered: false }
    }

    /// Passes the signal on; no answer where the gate dealt with it alone.
    pub(crate) fn step(&mut self, signal: Signal) -> Option<Answer> {
        match signal {
            Signal::Ask if self.admits() => self.admit(),
            Signal::End(which, How::Success | How::AlmostSlowSuccess) if self.counts(which) => {
                self.count(which)
            }
            Signal::Wait(_) => self.stand.step(signal),
            Signal::Ask
            | Signal::End(..)
            | Signal::Tell(_)
            | Signal::Act(_)
            | Signal::Sweep
            | Signal::Pass
            | Signal::StepBack(_) => self.flush().step(signal),
        }
    }

    fn admits(&self) -> bool {
        matches!(self.stand.circuit.state(), State::Closed | State::Disabled)
    }

    fn admit(&mut self) -> Option<Answer> {
        self.stand.permits.push(self.stand.circuit.generation());
        None
    }

    /// Whether a success of that permit need not be reported.
    fn counts(&self, which: Which) -> bool {
        let Stand { circuit, policy, permits, .. } = &self.stand;
        let current = which.of(permits) == Some(&circuit.generation());
        let settled = circuit.is_settled(policy) && self.stand.tick() < circuit.settled_until();
        current && (settled || circuit.is_settled_by_success(policy))
    }

    fn count(&mut self, which: Which) -> Option<Answer> {
        which.take(&mut self.stand.permits)?;
        let Stand { circuit, policy, .. } = &self.stand;
        self.recovered |= circuit.is_settled_by_success(policy);
        self.pending += 1;
        None
    }

    /// The stand, once the circuit knows of all that was counted.
    pub(crate) fn flush(&mut self) -> &mut Stand {
        let Stand { circuit, policy, .. } = &mut self.stand;
        if std::mem::take(&mut self.recovered) {
            circuit.end_failures();
        }
        circuit.count_successes(policy, std::mem::take(&mut self.pending));
        &mut self.stand
    }
}
