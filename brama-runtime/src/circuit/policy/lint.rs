//! The lint for settings that are valid but can never have an effect.

use crate::{circuit::Policy, duration::Exact};

impl Policy {
    /// Returns a sentence for each setting that can never have an effect; empty if all can.
    ///
    /// A finding is reported only if it is certain. A policy with findings is still valid.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Policy, PolicyPatch};
    ///
    /// assert!(Policy::default().lint().is_empty());
    /// let manual = PolicyPatch::new().failure_threshold_off().policy()?;
    /// assert_eq!(manual.lint(), ["every rule is off: only an action by hand opens the circuit"]);
    /// # Ok::<(), brama::error::InvalidPolicy>(())
    /// ```
    #[must_use]
    pub fn lint(&self) -> Vec<String> {
        let findings = [
            self.has_no_rule(),
            self.has_a_late_threshold(),
            self.has_an_unreachable_minimum(),
            self.has_a_hidden_threshold(),
            self.loses_slow_probes(),
            self.loses_long_probes(),
            self.ends_slow_calls(),
            self.never_grows(),
            self.limits_probes(),
        ];
        findings.into_iter().flatten().collect()
    }

    fn has_no_rule(&self) -> Option<String> {
        let rules = self.failure_threshold.is_some() || self.has_window_rule();
        (!rules).then(|| "every rule is off: only an action by hand opens the circuit".to_owned())
    }

    /// A run of failures that fills the window is a rate of 100 %, which reaches any limit.
    fn has_a_late_threshold(&self) -> Option<String> {
        let (threshold, calls) = (self.failure_threshold?, self.window.size()?);
        let rate = self.failure_rate.filter(|_| calls < threshold)?;
        Some(format!(
            "`failure_threshold` {threshold} is above the window of {calls} calls: `failure_rate` \
             {rate} opens first"
        ))
    }

    fn has_an_unreachable_minimum(&self) -> Option<String> {
        let length = self.window.length().filter(|_| self.has_rate_rule())?;
        let minimum = self.minimum_calls;
        let most = length.as_micros().saturating_mul(CALLS_A_MICROSECOND);
        (most < u128::from(minimum)).then(|| {
            let length = Exact(length);
            format!("`minimum_calls` {minimum} within {length} is more than any breaker sees")
        })
    }

    /// A run of failures fills a window of calls, so a lower count of failures is reached first.
    fn has_a_hidden_threshold(&self) -> Option<String> {
        let (threshold, count) = (self.failure_threshold?, self.failure_count?);
        let hidden = self.window.size().is_some() && count <= threshold;
        hidden.then(|| {
            format!(
                "`failure_threshold` {threshold} never opens: `failure_count` {count} is reached \
                 first"
            )
        })
    }

    fn loses_slow_probes(&self) -> Option<String> {
        let (timeout, slow) = (self.probe_timeout, self.slow_call_duration);
        let judged = self.slow_call_rate.is_some() && timeout < slow;
        judged.then(|| {
            let (timeout, slow) = (Exact(timeout), Exact(slow));
            format!(
                "`probe_timeout` {timeout} is shorter than `slow_call_duration` {slow}: a slow \
                 probe may lose its place before it is judged"
            )
        })
    }

    fn loses_long_probes(&self) -> Option<String> {
        let (places, limit) = (self.probe_timeout, self.timeout?);
        (places < limit).then(|| {
            let (places, limit) = (Exact(places), Exact(limit));
            format!(
                "`timeout` {limit} is longer than `probe_timeout` {places}: a probe may lose \
                 its place before it times out"
            )
        })
    }

    /// A probe takes a place among the calls in flight too.
    fn limits_probes(&self) -> Option<String> {
        let (probes, limit) = (self.half_open_limit, self.concurrency_limit?);
        (limit < probes).then(|| {
            format!(
                "`half_open_limit` {probes} is above `concurrency_limit` {limit}: {limit} probes at \
                 once are admitted"
            )
        })
    }

    /// The timeout acts only on calls of functions that declare one, and ends with the first item
    /// of a stream, which goes on.
    fn ends_slow_calls(&self) -> Option<String> {
        let (rate, limit, slow) = (self.slow_call_rate?, self.timeout?, self.slow_call_duration);
        (limit < slow).then(|| {
            let (limit, slow) = (Exact(limit), Exact(slow));
            format!(
                "`timeout` {limit} is shorter than `slow_call_duration` {slow}: of the calls with \
                 the timeout, `slow_call_rate` {rate} acts only on streams and bodies that go on \
                 after it"
            )
        })
    }

    fn never_grows(&self) -> Option<String> {
        let (first, later) = (self.expiry.wait(0), self.expiry.wait(1));
        let is_constant = self.expiry.is_progressive() && first == later;
        is_constant.then(|| format!("`expiry` is progressive but stays at {}", Exact(first)))
    }
}

/// No remote dependency takes more than one call a microsecond.
const CALLS_A_MICROSECOND: u128 = 1;
