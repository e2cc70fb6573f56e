//! Absorption: the record of a failure that changes no more than runs, window and reasons.

use super::{Circuit, Generation, Phase, Policy, Reason, Tick, outcome_ring::CallFlags};

impl Circuit {
    /// Returns whether a quick failure without a hint, of a call that was admitted in `generation`,
    /// changes only runs, window and reasons. `now` matters only to a window of time.
    ///
    /// The circuit stays one that a success settles, so a gate that counts successes goes on.
    /// [`report`](Self::report) judges every other failure.
    pub(crate) fn absorbs_failure(
        &self,
        policy: &Policy,
        generation: Generation,
        now: Tick,
    ) -> bool {
        let run = self.run().saturating_add(1);
        matches!(self.phase(), Phase::Closed)
            && generation == self.generation()
            && policy.failure_threshold.is_none_or(|limit| run < limit)
            && now < self.settled_until()
            && self.window_is_settled_after(policy, 1)
    }

    /// Records a failure of which [`absorbs_failure`](Self::absorbs_failure) holds.
    pub(crate) fn absorb_failure(&mut self, policy: &Policy, reason: Reason, now: Tick) {
        self.count_failure(reason);
        self.remember(policy, CallFlags { failed: true, slow: false }, now);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::circuit::{PolicyPatch, Verdict, Window};

    fn patches() -> [PolicyPatch; 6] {
        let calls = |count| PolicyPatch::new().window(Window::calls(count));
        [
            PolicyPatch::new().failure_threshold(3),
            calls(4).failure_rate(50),
            calls(4).failure_rate(50).minimum_calls(2).failure_threshold(4),
            calls(6).failure_rate(34).slow_call_rate(50),
            calls(5).failure_count(3),
            PolicyPatch::new().failure_rate(50).window(Window::time(Duration::from_millis(100))),
        ]
    }

    /// Reports the calls of which the bits are ones as failures, the others as successes. If
    /// `absorbs`, failures are absorbed where they can be.
    fn circuit(policy: &Policy, calls: u32, absorbs: bool) -> (Circuit, u32) {
        let (mut circuit, mut absorbed) = (Circuit::new(7), 0);
        for place in 0..CALLS {
            let (now, generation) = (Tick::from_millis(3 * u64::from(place)), circuit.generation());
            let fails = calls >> place & 1 == 1;
            if fails && absorbs && circuit.absorbs_failure(policy, generation, now) {
                circuit.absorb_failure(policy, "refused".into(), now);
                assert!(circuit.is_settled_by_success(policy), "{circuit:?}");
                absorbed += 1;
            } else {
                let verdict = if fails { Verdict::failure("refused") } else { Verdict::SUCCESS };
                circuit.report(policy, generation, verdict, now);
            }
        }
        (circuit, absorbed)
    }

    const CALLS: u32 = 10;

    #[test]
    fn an_absorbed_failure_does_what_a_reported_one_does() {
        let mut absorbed = 0;
        for policy in patches().map(|patch| patch.policy().expect("valid")) {
            for calls in 0..1 << CALLS {
                let (reported, _) = circuit(&policy, calls, false);
                let (with_absorbed, count) = circuit(&policy, calls, true);
                assert_eq!(format!("{with_absorbed:?}"), format!("{reported:?}"));
                absorbed += count;
            }
        }
        assert!(1_000 < absorbed, "{absorbed}");
    }

    #[test]
    fn a_failure_of_an_older_generation_is_not_absorbed() {
        let policy = Policy::DEFAULT;
        let absorbs = |number| {
            Circuit::new(7).absorbs_failure(&policy, Generation::new(number), Tick::ORIGIN)
        };
        assert_eq!([0, 1].map(absorbs), [true, false]);
    }
}
