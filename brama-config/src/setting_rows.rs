//! The table of everything that can stand in a file: names, values, examples, descriptions.
//!
//! The runtime decides what is valid. This table is for people: for help texts and for the schema.

use brama_runtime::api::status::SettingName;

/// The tables of a file.
pub(crate) const TABLES: [&str; 5] = [REGISTRY, DEFAULTS, KINDS, BREAKERS, FLEET];
pub(crate) const REGISTRY: &str = "registry";
pub(crate) const DEFAULTS: &str = "defaults";
pub(crate) const KINDS: &str = "kinds";
pub(crate) const BREAKERS: &str = "breakers";
pub(crate) const FLEET: &str = "fleet";

/// A setting, with an example of its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SettingRow {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// As TOML.
    pub(crate) example: &'static str,
    /// For the schema.
    #[cfg_attr(not(feature = "schema"), expect(dead_code, reason = "the schema shows it"))]
    pub(crate) description: &'static str,
    /// For the schema; `None` if it is the runtime's built-in value.
    #[cfg_attr(not(feature = "schema"), expect(dead_code, reason = "the schema shows it"))]
    pub(crate) default: Option<&'static str>,
}

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A whole number of at least 1.
    Count,
    /// A whole number, 0 too.
    WholeNumber,
    CountOrOff,
    PercentOrOff,
    WholePercentOrOff,
    Share,
    Flag,
    Duration,
    DurationOrOff,
    Expiry,
    Window,
    Abandoned,
    Reasons,
}

impl Form {
    /// What a value must be, for a message; `None` if the runtime's own error already says it.
    pub(crate) const fn expected(self) -> Option<&'static str> {
        match self {
            Self::Window => Some("{ calls = … } or { time = \"…\" }"),
            Self::Abandoned => Some("\"ignore\" or \"failure\""),
            Self::Reasons => Some("\"text\", \"type\" or \"none\""),
            Self::Flag => Some("true or false"),
            Self::Count => Some("a whole number of at least 1"),
            Self::WholeNumber => Some("a whole number of at least 0"),
            Self::Share => Some("a share from 0 to 0.9"),
            Self::CountOrOff
            | Self::PercentOrOff
            | Self::WholePercentOrOff
            | Self::Duration
            | Self::DurationOrOff
            | Self::Expiry => None,
        }
    }
}

const fn row(
    name: &'static str,
    form: Form,
    example: &'static str,
    description: &'static str,
) -> SettingRow {
    SettingRow { name, form, example, description, default: None }
}

impl SettingRow {
    const fn default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }
}

/// The settings of a policy, in the order of the guide.
pub(crate) const POLICY_ROWS: [SettingRow; 20] = [
    row(
        FAILURE_THRESHOLD,
        Form::CountOrOff,
        "5",
        "Opens after this many failures in a row: at least 1, or \"off\".",
    )
    .default("10, or off if a rate rule or failure_count is set and this rule is not"),
    row(
        "expiry",
        Form::Expiry,
        "\"30s\"",
        "How long an opening lasts: a duration of at least 1 ms, or a table with initial, max and \
         factor for openings that grow.",
    ),
    row(
        "success_threshold",
        Form::Count,
        "2",
        "Closes a half-open circuit after this many successes in a row.",
    ),
    row(
        "half_open_limit",
        Form::Count,
        "3",
        "How many probes may be in flight at once while half-open.",
    ),
    row(
        "probe_timeout",
        Form::Duration,
        "\"20s\"",
        "How long a probe may take before another call gets its place: at least 1 ms.",
    ),
    row(
        "failure_count",
        Form::CountOrOff,
        "20",
        "Opens after this many failures in the window: at least 1, at most the calls of a window \
         of calls, or \"off\".",
    ),
    row(
        "failure_rate",
        Form::PercentOrOff,
        "50",
        "Opens when at least this percentage of the calls in the window failed: 0.01 to 100 with \
         at most two decimals, or \"off\".",
    ),
    row(
        "slow_call_rate",
        Form::PercentOrOff,
        "50",
        "Opens when at least this percentage of the calls in the window were slow: 0.01 to 100 \
         with at most two decimals, or \"off\".",
    ),
    row(
        "ramp",
        Form::DurationOrOff,
        "\"20s\"",
        "Admits a growing share of the calls after an outage for this long: at least 100 ms, or \
         \"off\".",
    ),
    row(
        "timeout",
        Form::DurationOrOff,
        "\"5s\"",
        "How long a call may take: at least 1 ms, or \"off\". It acts where an attribute or a \
         layer has a timeout.",
    ),
    row(
        "slow_call_duration",
        Form::Duration,
        "\"2s\"",
        "The duration above which a call is slow: at least 1 ms. No effect without slow_call_rate.",
    ),
    row(
        "window",
        Form::Window,
        "{ calls = 100 }",
        "The calls over which rates are judged and failures are counted: the last calls, at least \
         1, or those within a time, a multiple of 10 ms.",
    ),
    row(
        "minimum_calls",
        Form::Count,
        "20",
        "Judges no rate while the window holds fewer calls: at least 1, at most the calls of the \
         window.",
    ),
    row(
        "abandoned",
        Form::Abandoned,
        "\"failure\"",
        "How an abandoned call counts: one that is dropped without an outcome.",
    ),
    row(
        "max_open_share",
        Form::WholePercentOrOff,
        "40",
        "Keeps the percentage of an identifier's keys that reject at or below this: 1 to 100, or \
         \"off\".",
    ),
    row(
        "concurrency_limit",
        Form::CountOrOff,
        "50",
        "Admits at most this number of calls at once, and rejects one more: at least 1, or \"off\".",
    ),
    row(
        "jitter",
        Form::Share,
        "0.1",
        "Shortens each opening by a random share of up to this: 0 to 0.9 in whole thousandths.",
    ),
    row(
        "retry_after_cap",
        Form::Duration,
        "\"5m\"",
        "The longest opening that a retry-after hint can request: at least 1 ms.",
    ),
    row("durations", Form::Flag, "true", "Counts how long calls take, for status and metrics."),
    row("shadow", Form::Flag, "true", "Decides and counts, but rejects no call."),
];

/// The settings of the registry.
pub(crate) const REGISTRY_ROWS: [SettingRow; 6] = [
    row(
        "max_keys",
        Form::Count,
        "1000",
        "How many breakers with a key each identifier has at most.",
    )
    .default("10000"),
    row(
        "inactive_threshold",
        Form::Duration,
        "\"24h\"",
        "For how long a breaker with a key must have counted nothing before it is evicted.",
    )
    .default("24h"),
    row(
        "cleanup_interval",
        Form::DurationOrOff,
        "\"10s\"",
        "How often the cleanup runs: at least 1 ms, or \"off\".",
    )
    .default("10s"),
    row(
        "max_series",
        Form::WholeNumber,
        "1000",
        "How many keys of each identifier metrics list one by one. The others are summed.",
    )
    .default("1000"),
    row(
        "reasons",
        Form::Reasons,
        "\"type\"",
        "How the reasons of failures are recorded: as texts, as the types of errors, or not at \
         all.",
    )
    .default("text"),
    row(
        "shadow",
        Form::Flag,
        "true",
        "The kill switch: every breaker decides and counts, but rejects no call.",
    )
    .default("false"),
];

/// The words of a breaker's table that are no settings.
pub(crate) const BREAKER_WORDS: [(&str, &str); 4] = [
    (IDENTIFIER, "The identifier of the breaker. Default: the name of the table."),
    (SCOPE, "The scope of the breaker. Default: none."),
    (INHERITS, "The name of another table of [breakers], whose settings apply below these."),
    (KEYS, "Settings of single keys: a table for each."),
];

pub(crate) const IDENTIFIER: &str = "identifier";
pub(crate) const SCOPE: &str = "scope";
pub(crate) const INHERITS: &str = "inherits";
pub(crate) const KEYS: &str = "keys";

pub(crate) const FAILURE_THRESHOLD: &str = "failure_threshold";
/// The alias of `failure_threshold`.
pub(crate) const MAX_ATTEMPTS: &str = "max_attempts";

/// The setting that a word names: itself, or what it is an alias of.
pub(crate) fn without_alias(word: &str) -> &str {
    if word == MAX_ATTEMPTS { FAILURE_THRESHOLD } else { word }
}

/// The row of a setting of the policy.
pub(crate) fn policy_row(name: &str) -> Option<&'static SettingRow> {
    POLICY_ROWS.iter().find(|row| row.name == name)
}

/// The setting of the policy with this name.
pub(crate) fn setting_named(word: &str) -> Option<SettingName> {
    SettingName::ALL.into_iter().find(|name| name.as_str() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Loaded;

    #[test]
    fn each_setting_of_the_runtime_has_a_row() {
        let rows = POLICY_ROWS.map(|row| row.name);
        assert_eq!(rows.as_slice(), SettingName::ALL.map(SettingName::as_str));
    }

    #[test]
    fn the_example_of_each_setting_is_valid() {
        for (table, rows) in [(DEFAULTS, POLICY_ROWS.as_slice()), (REGISTRY, &REGISTRY_ROWS)] {
            for row in rows {
                let text = format!("[{table}]\n{} = {}", row.name, row.example);
                assert!(Loaded::parse_toml(&text, "example").is_ok(), "{text}");
            }
        }
    }
}
