//! The rules that open a closed circuit.

use super::{Circuit, Policy, Rule, Tick, WindowCounts};

impl Circuit {
    /// Returns the first rule that opens the circuit, with its limit.
    ///
    /// The order is: failures in a row, failure rate, slow-call rate.
    pub(super) fn broken_rule(&self, policy: &Policy, now: Tick) -> Option<(Rule, u32)> {
        if let Some(limit) = policy.failure_threshold
            && limit <= self.failures
        {
            return Some((Rule::FailureThreshold, limit));
        }
        if !policy.has_rate_rule() {
            return None;
        }
        let WindowCounts { calls, failures, slow } = self.counts(now);
        if calls < u64::from(policy.minimum_calls) {
            return None;
        }
        let failed = policy.failure_rate.filter(|rate| reaches(failures, *rate, calls));
        let slowed = policy.slow_call_rate.filter(|rate| reaches(slow, *rate, calls));
        let failed = failed.map(|rate| (Rule::FailureRate, rate));
        failed.or_else(|| slowed.map(|rate| (Rule::SlowCallRate, rate)))
    }

    /// Returns whether no rate can be reached by further quick successes in the current bucket.
    pub(super) fn rates_are_settled(&self, policy: &Policy) -> bool {
        if !policy.has_rate_rule() {
            return true;
        }
        let WindowCounts { calls, failures, slow } = self.counts(Tick::ORIGIN);
        let calls = calls.max(u64::from(policy.minimum_calls));
        let stays = |bad, rate: Option<u32>| rate.is_none_or(|rate| !reaches(bad, rate, calls));
        self.window_state().is_some_and(|window_state| window_state.fits(policy.window))
            && stays(failures, policy.failure_rate)
            && stays(slow, policy.slow_call_rate)
    }
}

/// Returns whether `part` is at least `percent` % of `calls`. Integers, so nothing is rounded.
const fn reaches(part: u64, percent: u32, calls: u64) -> bool {
    percent as u128 * calls as u128 <= part as u128 * 100
}
