//! The table of settings: a row for each.
//!
//! ```text
//! ProbeTimeout => probe_timeout: Duration {         its `SettingName`, its field, the field's type
//!     default: Duration::from_secs(60), limit: whole_millis,
//!     /// How long a probe may be silent.
//!     get,                                          the getter of `Policy` and its doc
//!     /// How long a probe may be silent. Default 60 s.
//!     set(timeout: Duration) => timeout,            the setter of `PolicyPatch` and its doc
//! }
//! ```
//!
//! To add a setting, add a row here and an option to the table of the macros. If no check in
//! `limits.rs` fits, add one. The type of a setting that can be off is an `Option`; its row ends
//! with `off`, the setter that switches it off. `#[serde(with = …)]` names a module of
//! `serde_impls/policy.rs` if serde's own form of the type is not the one that people write.
//!
//! `settings!(name)` passes the rows to the macro `name!`. Each of these macros reads the rows and
//! stands in the file of what it generates: `setting_names!`, `policy!`, `patch!`, `checks!` and
//! `serde_structs!`.

macro_rules! settings {
    ($generate:ident) => {
        $generate! {
            #[serde(with = "number_or_off", alias = "max_attempts")]
            FailureThreshold => failure_threshold: Option<u32> {
                default: Some(10), limit: at_least_one_or_off,
                /// Failures in a row that open; `None` if the rule is off.
                get,
                /// Opens after that many failures in a row: at least 1. Default 10; off if a rate
                /// rule is set and this is not.
                set(failures: u32) => Some(failures),
                /// Opens after no number of failures in a row.
                off: failure_threshold_off,
            }

            Expiry => expiry: Expiry {
                default: Expiry::fixed(Duration::from_secs(60)), limit: Expiry::limit_broken,
                /// How long an opening lasts.
                get,
                /// How long an opening lasts. Default fixed 60 s.
                set(expiry: Expiry) => expiry,
            }

            SuccessThreshold => success_threshold: u32 {
                default: 1, limit: at_least_one,
                /// Successes in a row that close a half-open circuit.
                get,
                /// Closes a half-open circuit after that many successes in a row: at least 1.
                /// Default 1.
                set(successes: u32) => successes,
            }

            HalfOpenLimit => half_open_limit: u32 {
                default: 1, limit: at_least_one,
                /// Probes in flight at once while half-open.
                get,
                /// Lets that many probes be in flight at once while half-open: at least 1. Default
                /// 1.
                set(probes: u32) => probes,
            }

            #[serde(with = "text")]
            ProbeTimeout => probe_timeout: Duration {
                default: Duration::from_secs(60), limit: whole_millis,
                /// How long a probe may be silent before it loses its place.
                get,
                /// How long a probe may be silent before it loses its place to another: whole
                /// milliseconds, at least 1 ms. Default 60 s.
                set(timeout: Duration) => timeout,
            }

            #[serde(with = "number_or_off")]
            FailureRate => failure_rate: Option<u32> {
                default: None, limit: percentage_or_off,
                /// The percentage of failures in the window that opens; `None` if the rule is off.
                get,
                /// Opens when that percentage of the window failed: 1 to 100. Default off.
                set(percent: u32) => Some(percent),
                /// Opens at no rate of failures.
                off: failure_rate_off,
            }

            #[serde(with = "number_or_off")]
            SlowCallRate => slow_call_rate: Option<u32> {
                default: None, limit: percentage_or_off,
                /// The percentage of slow calls in the window that opens; `None` if the rule is
                /// off.
                get,
                /// Opens when that percentage of the window was slow: 1 to 100. Default off.
                set(percent: u32) => Some(percent),
                /// Opens at no rate of slow calls.
                off: slow_call_rate_off,
            }

            #[serde(with = "text")]
            SlowCallDuration => slow_call_duration: Duration {
                default: Duration::from_secs(60), limit: whole_millis,
                /// A call that takes longer than this is slow.
                get,
                /// A call that takes longer than this is slow: whole milliseconds, at least 1 ms.
                /// Default 60 s; without a slow-call rate it does nothing.
                set(limit: Duration) => limit,
            }

            Window => window: Window {
                default: Window::calls(100), limit: Window::limit_broken,
                /// The calls over which rates are judged.
                get,
                /// The calls over which rates are judged. Default the last 100; without a rate it
                /// does nothing.
                set(window: Window) => window,
            }

            MinimumCalls => minimum_calls: u32 {
                default: 100, limit: at_least_one,
                /// Calls in the window below which no rate is judged.
                get,
                /// Judges no rate below that many calls in the window: at least 1, at most the
                /// window's calls. Default 100, or the window's calls if they are fewer. A minimum
                /// above the window of a later layer, or above the built-in one, gives way to that
                /// default; `Status::warnings` reports it.
                set(calls: u32) => calls,
            }

            Abandoned => abandoned: Abandoned {
                default: Abandoned::Ignore, limit: none,
                /// What an abandoned call counts as.
                get,
                /// What an abandoned call, one dropped without an outcome, counts as. Default:
                /// ignored.
                set(verdict: Abandoned) => verdict,
            }

            Jitter => jitter: f64 {
                default: 0.0, limit: share,
                /// The share, 0 to 0.9, by which an opening may be shortened at random.
                get,
                /// Shortens each opening by a rule at random by a share of up to this: 0 to 0.9 in
                /// whole thousandths. Default 0.
                set(share: f64) => share,
            }

            #[serde(with = "text")]
            RetryAfterCap => retry_after_cap: Duration {
                default: Duration::from_secs(300), limit: whole_millis,
                /// The longest opening that a retry-after hint can ask for.
                get,
                /// The longest opening that a retry-after hint can ask for: whole milliseconds, at
                /// least 1 ms. Default 5 min.
                set(cap: Duration) => cap,
            }

            Shadow => shadow: bool {
                default: false, limit: none,
                /// Whether the circuit decides and counts, but rejects no call.
                get,
                /// Decides and counts, but rejects no call: a call that would have been rejected
                /// runs, counts as rejected, and its outcome is recorded nowhere. Default false.
                set(shadow: bool) => shadow,
            }
        }
    };
}

pub(in crate::circuit) use settings;
