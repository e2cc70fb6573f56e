//! What settings mean, in sentences.

use std::time::Duration;

use brama::{duration, status::Rule};

use super::{
    Explained,
    simulation::{MOST_CALLS_TRIED, Reaction, Recovery, Trouble},
};
use crate::plural::counted;

impl Explained {
    pub(super) fn sentences(&self) -> Vec<String> {
        let reactions = self.reactions.iter().map(|(trouble, it)| self.reaction(*trouble, it));
        let others = [self.opening(), self.probing(), self.closing()];
        reactions.chain(others).chain(self.remarks()).collect()
    }

    fn reaction(&self, trouble: Trouble, reaction: &Reaction) -> String {
        let calls = self.trouble(trouble);
        match reaction {
            Reaction::Opens { after, calls: count, cause } => {
                // Outages begin anywhere in a bucket of a window of time.
                let of_window = cause.rule != Rule::FailureThreshold;
                let is_rough = of_window && self.policy.window().length().is_some();
                let about = if is_rough { "about " } else { "" };
                let (after, count) = (length(*after), counted_calls(*count));
                format!("If {calls}, it opens after {about}{after} ({count}): {cause}.")
            }
            Reaction::StaysClosed { during, calls: count } => {
                let (during, count) = (length(*during), counted_calls(*count));
                format!("If {calls}, it does not open within {during} ({count}).")
            }
        }
    }

    fn trouble(&self, trouble: Trouble) -> String {
        match trouble {
            Trouble::AllFail => "all calls fail".to_owned(),
            Trouble::HalfFail => "every second call fails".to_owned(),
            Trouble::TenthFail => "every tenth call fails".to_owned(),
            Trouble::AllSlow => {
                let limit = duration::show(self.policy.slow_call_duration());
                format!("all calls take longer than {limit}")
            }
            Trouble::AllTimeOut => {
                let limit = duration::show(self.policy.timeout().unwrap_or_default());
                format!("all calls hang until their timeout of {limit}")
            }
        }
    }

    fn opening(&self) -> String {
        let lengths: Vec<_> = self.openings.iter().map(|it| length(*it)).collect();
        match lengths.as_slice() {
            [] => "It never opens.".to_owned(),
            [only] => format!("It stays open for {only}, and again for as long if a probe fails."),
            [first, rest @ ..] => format!(
                "It stays open for {first}; if probes fail, then for {}{}.",
                rest.join(", then "),
                self.growth()
            ),
        }
    }

    /// How openings go on that were not tried.
    fn growth(&self) -> String {
        let last = self.openings.len().try_into().unwrap_or(u32::MAX);
        let expiry = self.policy.expiry();
        if self.openings.last().is_some_and(|it| *it < expiry.wait(last)) {
            return format!(", and so on up to {}", length(expiry.wait(u32::MAX)));
        }
        " each time".to_owned()
    }

    fn probing(&self) -> String {
        let probes = match self.policy.half_open_limit() {
            1 => "one call at a time probes".to_owned(),
            limit => format!("up to {limit} calls at a time probe"),
        };
        let timeout = duration::show(self.policy.probe_timeout());
        format!(
            "Then {probes} the dependency; after {timeout} without an outcome, another call may."
        )
    }

    fn closing(&self) -> String {
        let Some(Recovery { after, probes, ramp, rejected }) = &self.recovery else {
            let calls = counted_calls(MOST_CALLS_TRIED);
            return format!(
                "Once the dependency is healthy, it does not close within {calls} at this rate."
            );
        };
        let (after, successes) = (length(*after), counted(*probes, "success", "successes"));
        let rejects = if self.is_shadow { "would reject" } else { "rejects" };
        let healthy = "Once the dependency is healthy, it closes";
        match ramp {
            None => format!("{healthy} {after} after the deadline: {successes} in a row."),
            Some(ramp) => format!(
                "{healthy} {after} after the deadline: {successes} in a row, then a ramp of {} that \
                 admits a tenth of the calls first and all at its end. It {rejects} about {} \
                 meanwhile.",
                length(*ramp),
                counted_calls(*rejected)
            ),
        }
    }

    /// What settings do that rates of calls do not show.
    fn remarks(&self) -> impl Iterator<Item = String> {
        let policy = self.policy;
        let shadow = self
            .is_shadow
            .then(|| "It is in shadow: it decides and counts, but rejects no call.".to_owned());
        let jitter = (0.0 < policy.jitter()).then(|| {
            format!(
                "Each opening is shortened at random, by up to {} %.",
                (policy.jitter() * 1e3).round() / 10.0
            )
        });
        let timeout = policy.timeout().map(|limit| {
            let limit = duration::show(limit);
            format!("A call may take {limit} if its function has the option `timeout`.")
        });
        let share = policy.max_open_share().map(|percent| {
            format!("Of the keys of the identifier, at most {percent} % reject at once by a rule.")
        });
        let limit = policy.concurrency_limit().map(|limit| {
            format!("At most {} at once: one more is rejected.", counted_calls(limit.into()))
        });
        [shadow, jitter, timeout, share, limit].into_iter().flatten()
    }
}

fn counted_calls(count: u64) -> String {
    counted(count, "call", "calls")
}

/// As a file writes it; below a millisecond, in microseconds.
fn length(length: Duration) -> String {
    if length < Duration::from_millis(1) {
        return format!("{} µs", length.as_micros());
    }
    duration::show(length).to_string()
}
