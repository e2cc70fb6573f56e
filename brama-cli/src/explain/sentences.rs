//! What settings mean, in sentences.

use std::time::Duration;

use brama::{Policy, duration, status::Rule};

use super::simulation::{MOST_CALLS_IN_A_ROW, Reaction, Recovery, Trouble};

/// What was tried, for a policy and a rate of calls.
pub(super) struct Explanation<'a> {
    pub(super) policy: &'a Policy,
    pub(super) is_shadow: bool,
    pub(super) reactions: &'a [(Trouble, Reaction)],
    pub(super) openings: &'a [Duration],
    pub(super) recovery: Option<&'a Recovery>,
}

impl Explanation<'_> {
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
                let (after, count) = (seconds(*after), counted_calls(*count));
                format!("If {calls}, it opens after {about}{after} ({count}): {cause}.")
            }
            Reaction::StaysClosed { during, calls: count } => {
                let (during, count) = (seconds(*during), counted_calls(*count));
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
        let lengths: Vec<_> = self.openings.iter().map(|it| seconds(*it)).collect();
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
    fn growth(&self) -> &'static str {
        let last = self.openings.len().try_into().unwrap_or(u32::MAX);
        let grows = self.openings.last().is_some_and(|it| *it < self.policy.expiry().wait(last));
        if grows { ", and so on" } else { " each time" }
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
        let Some(Recovery { after, probes, ramp, rejected }) = self.recovery else {
            let calls = counted_calls(MOST_CALLS_IN_A_ROW);
            return format!(
                "Once the dependency is healthy, it does not close within {calls} at this rate."
            );
        };
        let (after, successes) = (seconds(*after), plural(*probes, "success", "successes"));
        let healthy = "Once the dependency is healthy, it closes";
        match ramp {
            None => format!("{healthy} {after} after the deadline: {successes} in a row."),
            Some(ramp) => format!(
                "{healthy} {after} after the deadline: {successes} in a row, then a ramp of {} that \
                 admits a tenth of the calls first and all at its end. It rejects {} meanwhile.",
                seconds(*ramp),
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
        [shadow, jitter, timeout, share].into_iter().flatten()
    }
}

fn counted_calls(count: u64) -> String {
    plural(count, "call", "calls")
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `80 µs`, `0.25 s`, or `1m 30s` from a minute on.
pub(super) fn seconds(length: Duration) -> String {
    if Duration::from_secs(60) <= length {
        return duration::show(Duration::from_secs(length.as_secs())).to_string();
    }
    if length < Duration::from_millis(1) {
        return format!("{} µs", length.as_micros());
    }
    let text = format!("{:.3}", length.as_secs_f64());
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}
