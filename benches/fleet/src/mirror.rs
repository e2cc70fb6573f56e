//! A circuit without a fleet that sees the calls that a breaker lets through.

use std::sync::{Mutex, MutexGuard, PoisonError};

use brama_runtime::api::{
    Breaker, Policy,
    circuit::{Admission, Circuit, Generation, Tick, Verdict},
};

/// A circuit without a fleet that sees the calls that a breaker lets through. An overlay must not
/// change the circuit of a breaker, so both are always in the same state.
#[derive(Debug)]
pub(crate) struct Mirror {
    policy: Policy,
    circuit: Mutex<MirrorState>,
}

#[derive(Debug)]
struct MirrorState {
    circuit: Circuit,
    /// How often the breaker let a call through that the circuit would have rejected, or was in
    /// another state.
    differences: u32,
}

impl Mirror {
    pub(crate) fn new(breaker: &Breaker) -> Self {
        let policy = *breaker.status().policy;
        let circuit = Mutex::new(MirrorState { circuit: Circuit::new(0), differences: 0 });
        Self { policy, circuit }
    }

    /// Sees that the breaker has let a call through.
    pub(crate) fn admit(&self, breaker: &Breaker, now: Tick) -> Option<Generation> {
        let mut it = self.lock();
        let (admission, _) = it.circuit.admit(&self.policy, now);
        it.compare(breaker);
        let Admission::Admitted(generation) = admission else {
            it.differences += 1;
            return None;
        };
        Some(generation)
    }

    /// Sees how the call has ended.
    pub(crate) fn report(
        &self,
        call: Option<Generation>,
        answer: Result<(), &'static str>,
        now: Tick,
    ) {
        let Some(generation) = call else { return };
        let verdict = answer.map_or_else(Verdict::failure, |()| Verdict::SUCCESS);
        let _fate = self.lock().circuit.report(&self.policy, generation, verdict, now);
    }

    /// How often breaker and circuit differed.
    pub(crate) fn differences(&self, breaker: &Breaker) -> u32 {
        let mut it = self.lock();
        it.compare(breaker);
        it.differences
    }

    fn lock(&self) -> MutexGuard<'_, MirrorState> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MirrorState {
    fn compare(&mut self, breaker: &Breaker) {
        self.differences += u32::from(self.circuit.state() != breaker.state());
    }
}
