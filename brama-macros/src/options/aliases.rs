//! Names in other circuit breakers, and what they correspond to here.
//!
//! The words are those of resilience4j, Polly, opossum, Hystrix, gobreaker, failsafe, of Brama for
//! Elixir and of distribute for Gleam, in snake case.

use super::names;

/// What a word of another circuit breaker corresponds to.
pub(crate) struct Meaning {
    /// The option; `None` if the word stands for several options, or for none.
    pub(crate) option: Option<&'static str>,
    /// What it is, and what to write.
    pub(crate) help: String,
}

/// Returns what is called `word` elsewhere.
pub(crate) fn meaning(word: &str) -> Option<Meaning> {
    let word = snake_case(word);
    of_option(&word).or_else(|| of_no_option(&word))
}

fn of_option(word: &str) -> Option<Meaning> {
    let (option, meaning, value, _) =
        OPTIONS.iter().find(|(_, _, _, words)| words.contains(&word))?;
    let value = if value.is_empty() { names::example(option) } else { value };
    let help = format!("`{option}` {meaning}: write `{option} = {value}`");
    Some(Meaning { option: Some(option), help })
}

fn of_no_option(word: &str) -> Option<Meaning> {
    let (help, _) = ELSEWHERE.iter().find(|(_, words)| words.contains(&word))?;
    Some(Meaning { option: None, help: (*help).to_owned() })
}

/// Every word of another circuit breaker.
#[cfg(test)]
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    let of_options = OPTIONS.iter().flat_map(|(_, _, _, words)| *words);
    of_options.chain(ELSEWHERE.iter().flat_map(|(_, words)| *words)).copied()
}

/// Every option with the value that a message shows.
#[cfg(test)]
pub(crate) fn forms() -> impl Iterator<Item = String> {
    let own = OPTIONS.iter().filter(|(_, _, value, _)| !value.is_empty());
    own.map(|(option, _, value, _)| format!("{option} = {value}"))
}

/// `resetTimeout`, `ResetTimeout` and `reset-timeout` as `reset_timeout`.
pub(crate) fn snake_case(word: &str) -> String {
    let mut snake = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && snake.ends_with(|last: char| last.is_lowercase()) {
            snake.push('_');
        }
        snake.extend(if letter == '-' { '_' } else { letter }.to_lowercase());
    }
    snake
}

/// An option, what it does, a value for these words if the usual example is not one, and the words.
type Alias = (&'static str, &'static str, &'static str, &'static [&'static str]);

const OPTIONS: [Alias; 26] = [
    (
        "identifier",
        "names the breaker",
        "",
        &["name", "id", "circuit", "breaker", "circuit_breaker", "command", "command_key"],
    ),
    (
        "failure_threshold",
        "is how many failures in a row open the circuit; brama does not retry calls",
        "",
        &["retries", "retry", "max_retries", "attempts", "max_attempt"],
    ),
    (
        "failure_threshold",
        "is how many failures in a row open the circuit",
        "",
        &[
            "threshold",
            "failures",
            "failure",
            "max_failures",
            "max_fails",
            "fail_max",
            "max_errors",
            "failure_limit",
            "consecutive_failures",
            "handled_events_allowed_before_breaking",
            "exceptions_allowed_before_breaking",
            "failure_execution_threshold",
            "ready_to_trip",
        ],
    ),
    (
        "expiry",
        "is how long the circuit stays open",
        "",
        &[
            "reset_timeout",
            "reset_timeout_ms",
            "reset_timeout_duration",
            "recovery_timeout",
            "recovery_time",
            "timeout_ms",
            "timeout_seconds",
            "open_timeout",
            "open_duration",
            "open_state_duration",
            "break_duration",
            "duration_of_break",
            "wait_duration",
            "wait_duration_in_open_state",
            "sleep_window",
            "sleep_window_in_milliseconds",
            "sleep_window_ms",
            "expiry_ms",
            "cooldown",
            "cool_down",
            "delay",
            "ttl",
        ],
    ),
    (
        "expiry",
        "sets the first and the longest opening",
        "progressive(\"5s\", \"300s\")",
        &[
            "expiry_strategy",
            "initial_expiry",
            "max_expiry",
            "backoff",
            "backoff_strategy",
            "exponential_backoff",
            "break_duration_generator",
            "delay_fn",
            "max_delay",
            "initial_delay",
            "initial_backoff",
            "max_backoff",
        ],
    ),
    (
        "expiry",
        "sets the first and the longest opening, and the factor between two",
        "progressive(\"5s\", \"300s\", 2)",
        &["backoff_factor", "backoff_multiplier", "delay_factor", "multiplier", "factor"],
    ),
    (
        "half_open_limit",
        "is how many calls may run at once while the circuit is half-open",
        "",
        &[
            "half_open_max",
            "half_open_max_calls",
            "half_open_max_requests",
            "half_open_requests",
            "half_open_calls",
            "max_half_open",
            "permitted_calls_in_half_open",
            "permitted_number_of_calls_in_half_open_state",
            "max_requests",
            "max_concurrent_probes",
            "probes",
        ],
    ),
    (
        names::PROBE_TIMEOUT,
        "is how long a probe may take before another call gets its place",
        "",
        &["half_open_timeout", "max_wait_duration_in_half_open_state", "probe_duration"],
    ),
    (
        "success_threshold",
        "is how many successes in a row close the circuit",
        "",
        &[
            "successes",
            "success_count",
            "required_successes",
            "consecutive_successes",
            "success_thresholding_capacity",
            "half_open_success_threshold",
        ],
    ),
    (
        "failure_rate",
        "is the percentage of failures that opens the circuit",
        "",
        &[
            "rate",
            "error_rate",
            "error_threshold",
            "error_percentage",
            "error_threshold_percentage",
            "error_percent_threshold",
            "failure_ratio",
            "failure_percentage",
            "failure_rate_threshold",
        ],
    ),
    (
        "slow_call_rate",
        "is the percentage of slow calls that opens the circuit",
        "",
        &["slow_call_rate_threshold", "slow_rate"],
    ),
    (
        "slow_call_duration",
        "is the time after which a call is slow",
        "",
        &["slow_call_threshold", "slow_call_duration_threshold", "slow_threshold"],
    ),
    (
        "window",
        "sets the calls over which rates are computed",
        "",
        &[
            "calls",
            "window_size",
            "window_type",
            "sliding_window",
            "sliding_window_size",
            "sliding_window_type",
            "failure_thresholding_capacity",
            "ring_buffer_size_in_closed_state",
        ],
    ),
    (
        "window",
        "sets the time over which rates are computed",
        "time(\"10s\")",
        &[
            "interval",
            "rolling_window",
            "rolling_count_timeout",
            "rolling_count_buckets",
            "sampling_duration",
            "bucket_period",
            "time_in_milliseconds",
            "failure_thresholding_period",
            "window_duration",
            "window_seconds",
        ],
    ),
    (
        "minimum_calls",
        "is the number of calls below which no rate opens the circuit",
        "",
        &[
            "min_calls",
            "minimum_number_of_calls",
            "minimum_throughput",
            "volume_threshold",
            "request_volume_threshold",
            "min_requests",
            "minimum_requests",
        ],
    ),
    (
        "timeout",
        "is how long a call may take",
        "",
        &[
            "call_timeout",
            "execution_timeout",
            "request_timeout",
            "timeout_in_milliseconds",
            "timeout_duration",
        ],
    ),
    (
        "failure_if",
        "decides which errors are failures",
        "",
        &[
            "is_failure",
            "on_error",
            "failure_predicate",
            "record",
            "record_exceptions",
            "record_failure_predicate",
            "record_exception",
            "should_handle",
            "handle",
            "handle_if",
            "expected_exception",
        ],
    ),
    (
        "ignore_if",
        "decides which errors are ignored",
        "",
        &[
            "ignore",
            "ignore_errors",
            "ignore_exceptions",
            "ignore_exception_predicate",
            "exclude",
            "excluded",
            "is_excluded",
            "error_filter",
        ],
    ),
    (
        "error_handler",
        "decides what a returned value counts as",
        "",
        &[
            "handler",
            "classify",
            "classifier",
            "is_successful",
            "is_success",
            "handle_result",
            "record_result_predicate",
            "on_result",
        ],
    ),
    (
        "fallback",
        "is what to return while the circuit is open",
        "",
        &[
            "default",
            "default_value",
            "fallback_fn",
            "fallback_function",
            "fallback_method",
            "fallback_value",
            "or_else",
        ],
    ),
    ("trip_if", "decides which errors open the circuit at once", "", &["trip_when", "trip_on"]),
    (
        "ramp",
        "is how long the share of admitted calls grows after an outage",
        "",
        &["ramp_up", "slow_start", "warm_up"],
    ),
    ("scope", "is a namespace for identifiers", "", &["group", "group_key", "namespace", "module"]),
    ("type", "is the kind of dependency", "", &["kind", "category", "connection_type"]),
    (
        "shadow",
        "decides and counts, but rejects nothing",
        "",
        &["dry_run", "metrics_only", "force_closed"],
    ),
    (
        "abandoned",
        "decides what a call counts as whose future is dropped",
        "",
        &["on_cancel", "on_drop", "cancelled"],
    ),
];

/// Words for more than one option, or for what is no option, and where it is instead.
const ELSEWHERE: [(&str, &[&str]); 5] = [
    (
        "`timeout` is how long a call may take: write `timeout = \"5s\"`\n\
         help: `window` sets the time over which rates are computed: write `window = time(\"10s\")`",
        &["time"],
    ),
    (
        "changes of state are events: write `brama::on_event(EventKind::StateChanged, |event| …)`",
        &[
            "on_state_change",
            "on_state_changed",
            "on_break",
            "on_reset",
            "on_close",
            "on_closed",
            "on_opened",
            "on_half_open",
            "on_half_opened",
            "listener",
        ],
    ),
    (
        "a breaker is opened by hand: write `brama::breaker(\"…\").force_open(\"…\")`",
        &["force_open", "manual_control"],
    ),
    (
        "a breaker is enabled until it is disabled by hand: write `brama::breaker(\"…\").disable(\"…\")`",
        &["enable", "enabled", "disable", "disabled"],
    ),
    (
        "an open circuit always becomes half-open when its `expiry` has passed: remove this option",
        &[
            "automatic_transition_from_open_to_half_open_enabled",
            "automatic_transition",
            "auto_recovery",
        ],
    ),
];
