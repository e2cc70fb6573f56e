//! The rules that open a closed circuit.

use super::{Circuit, Limit, Policy, Rule, Tick, WindowCounts, expiry::to_hundredths};

impl Circuit {
    /// Returns the first rule that opens the circuit, with its limit.
    ///
    /// The order is: failures in a row, failures in the window, failure rate, slow-call rate.
    pub(super) fn broken_rule(&self, policy: &Policy, now: Tick) -> Option<(Rule, Limit)> {
        if let Some(limit) = policy.failure_threshold
            && limit <= self.run()
        {
            return Some((Rule::FailureThreshold, Limit::Count(limit)));
        }
        if !policy.has_window_rule() {
            return None;
        }
        let counts = self.counts(now);
        let counted = policy.failure_count.filter(|limit| u64::from(*limit) <= counts.failures);
        let counted = counted.map(|limit| (Rule::FailureCount, Limit::Count(limit)));
        counted.or_else(|| broken_rate(policy, counts))
    }

    /// Returns whether no rule over the window can be reached by further quick successes in the
    /// current bucket.
    pub(super) fn window_is_settled(&self, policy: &Policy) -> bool {
        self.window_is_settled_after(policy, 0)
    }

    /// Returns whether that holds after `failures` more, even if no earlier one leaves the window.
    #[inline]
    pub(super) fn window_is_settled_after(&self, policy: &Policy, failures: u64) -> bool {
        !policy.has_window_rule() || self.judged_window_is_settled_after(policy, failures)
    }

    fn judged_window_is_settled_after(&self, policy: &Policy, failures: u64) -> bool {
        let counts = self.counts(Tick::ORIGIN);
        let counts = WindowCounts { failures: counts.failures + failures, ..counts };
        let calls = counts.calls.max(policy.minimum_calls.into());
        let counted = policy.failure_count.is_some_and(|limit| u64::from(limit) <= counts.failures);
        self.window_state().is_some_and(|window_state| window_state.fits(policy.window))
            && !counted
            && broken_rate(policy, WindowCounts { calls, ..counts }).is_none()
    }
}

/// Returns the first rate that the window reaches, if it holds the minimum of calls.
fn broken_rate(policy: &Policy, counts: WindowCounts) -> Option<(Rule, Limit)> {
    let WindowCounts { calls, failures, slow } = counts;
    if calls < u64::from(policy.minimum_calls) {
        return None;
    }
    let reached = |bad, rate: Option<f64>| {
        rate.and_then(to_hundredths).filter(|hundredths| reaches(bad, *hundredths, calls))
    };
    let failed = reached(failures, policy.failure_rate).map(|rate| (Rule::FailureRate, rate));
    let broken = failed
        .or_else(|| reached(slow, policy.slow_call_rate).map(|rate| (Rule::SlowCallRate, rate)));
    broken.map(|(rule, rate)| (rule, Limit::Hundredths(rate)))
}

/// Returns whether `part` is at least `hundredths` of a per cent of `calls`. Integers, so nothing
/// is rounded.
const fn reaches(part: u64, hundredths: u32, calls: u64) -> bool {
    hundredths as u128 * calls as u128 <= part as u128 * 10_000
}
