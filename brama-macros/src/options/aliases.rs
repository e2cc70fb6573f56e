//! Names of options in other circuit breakers, and the options here that they correspond to.

use super::names;

/// Returns the option that is called `word` elsewhere, and what the option does.
pub(crate) fn meaning(word: &str) -> Option<(&'static str, &'static str)> {
    let is_known = |(option, _, words): &&Alias| words.contains(&word) && names::is_option(option);
    MEANINGS.iter().find(is_known).map(|(option, meaning, _)| (*option, *meaning))
}

type Alias = (&'static str, &'static str, &'static [&'static str]);

const MEANINGS: [Alias; 16] = [
    ("identifier", "names the breaker", &["name", "id", "circuit", "breaker", "circuit_breaker"]),
    (
        "failure_threshold",
        "is how many failures in a row open the circuit; brama does not retry calls",
        &["retries", "retry", "max_retries", "attempts"],
    ),
    (
        "failure_threshold",
        "is how many failures in a row open the circuit",
        &["threshold", "failures", "max_failures", "failure_count", "consecutive_failures"],
    ),
    (
        "expiry",
        "is how long the circuit stays open",
        &[
            "reset_timeout",
            "recovery_timeout",
            "open_timeout",
            "open_duration",
            "break_duration",
            "wait_duration",
            "wait_duration_in_open_state",
            "sleep_window",
            "cooldown",
            "delay",
            "backoff",
            "ttl",
        ],
    ),
    (
        "half_open_limit",
        "is how many calls may run at once while the circuit is half-open",
        &[
            "half_open_max",
            "half_open_max_calls",
            "half_open_requests",
            "permitted_calls_in_half_open",
            "max_requests",
            "probes",
        ],
    ),
    (
        "success_threshold",
        "is how many successes in a row close the circuit",
        &["successes", "success_count", "required_successes"],
    ),
    (
        "failure_rate",
        "is the percentage of failures that opens the circuit",
        &["rate", "error_rate", "error_threshold", "error_percentage", "failure_rate_threshold"],
    ),
    (
        "slow_call_duration",
        "is the time after which a call is slow",
        &["slow_call_threshold", "slow_call_duration_threshold"],
    ),
    (
        "window",
        "sets the calls over which rates are computed, as in `window = calls(100)`",
        &[
            "calls",
            "time",
            "window_size",
            "sliding_window",
            "sliding_window_size",
            "rolling_window",
        ],
    ),
    (
        "minimum_calls",
        "is the number of calls below which no rate opens the circuit",
        &["min_calls", "minimum_number_of_calls", "minimum_throughput", "volume_threshold"],
    ),
    ("timeout", "is how long a call may take, as in `\"2s\"`", &["timeout_ms", "call_timeout"]),
    (
        "failure_if",
        "decides which errors are failures",
        &["is_failure", "on_error", "failure_predicate"],
    ),
    ("ignore_if", "decides which errors are ignored", &["ignore", "ignore_errors", "exclude"]),
    (
        "error_handler",
        "decides what a returned value counts as",
        &["handler", "classify", "classifier"],
    ),
    (
        "fallback",
        "is what to return while the circuit is open",
        &["default", "fallback_fn", "fallback_method", "or_else"],
    ),
    ("scope", "is a namespace for identifiers", &["group", "namespace", "module"]),
];
