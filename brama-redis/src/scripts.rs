//! The scripts that decide in the store, as `Ballot` does in memory.

use brama_fleet::{BreakerName, FleetPolicy, FleetTerms};
use redis::{Script, ScriptInvocation};

/// The scripts. Each is sent by its digest, and loaded when the server does not know it.
#[derive(Debug)]
pub(crate) struct Scripts {
    pub(crate) beat: Script,
    pub(crate) vote: Script,
    pub(crate) retract: Script,
    pub(crate) lease: Script,
    pub(crate) report: Script,
    pub(crate) act: Script,
}

/// Reads the server's time.
pub(crate) const CLOCK: &str = include_str!("scripts/clock.lua");
const BALLOT: &str = include_str!("scripts/ballot.lua");

impl Scripts {
    /// The scripts on a clock: the text of a function `clock`.
    pub(crate) fn on(clock: &str) -> Self {
        let script = |body: &str| Script::new(&format!("{BALLOT}\n{clock}\n{body}"));
        Self {
            beat: script(include_str!("scripts/beat.lua")),
            vote: script(include_str!("scripts/vote.lua")),
            retract: script(include_str!("scripts/retract.lua")),
            lease: script(include_str!("scripts/lease.lua")),
            report: script(include_str!("scripts/report.lua")),
            act: script(include_str!("scripts/act.lua")),
        }
    }
}

/// Calls a script about the breakers of a namespace.
pub(crate) fn call<'a>(
    script: &'a Script,
    prefix: &str,
    policy: &FleetPolicy,
) -> ScriptInvocation<'a> {
    let mut call = script.prepare_invoke();
    call.key(format!("{prefix}open")).arg(prefix);
    let terms: FleetTerms = policy.terms();
    call.arg(terms.min_votes).arg(terms.percent).arg(terms.success_threshold);
    call.arg(terms.member).arg(terms.vote).arg(terms.lease).arg(terms.wait);
    call.arg(terms.longest_wait).arg(terms.ramp).arg(terms.grace);
    call.arg(terms.max_open_percent).arg(terms.fewest_known);
    call.arg(terms.pooled_failure_rate).arg(terms.pooled_minimum_calls);
    call.arg(terms.pooled_reporters).arg(terms.pooled_window).arg(terms.settle);
    call
}

/// Calls a script about one breaker, and declares its keys.
pub(crate) fn call_about<'a>(
    script: &'a Script,
    prefix: &str,
    policy: &FleetPolicy,
    breaker: &BreakerName,
) -> ScriptInvocation<'a> {
    let mut call = call(script, prefix, policy);
    for kind in ["state", "members", "votes", "weights", "calls", "reporters", "failing"] {
        call.key(format!("{prefix}{kind}:{}", breaker.as_str()));
    }
    call.arg(breaker.as_str());
    call
}
