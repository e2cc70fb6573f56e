//! The table of settings, with a row for each.
//!
//! ```text
//! /// Sets how long a probe may take. Default 60 s.       doc of the setter
//! ProbeTimeout => probe_timeout(timeout: Duration) {      `SettingName`, field, and argument
//!     value: Duration = timeout,                          type, and what the setter stores
//!     default: Duration::from_secs(60), limit: whole_millis,
//!     /// Returns how long a probe may take.              doc of the getter
//!     get,
//! }
//! ```
//!
//! To add a setting, add a row here and an option to the table of the macros. If no check in
//! `limits.rs` fits, add one. The value of a setting that can be off is an `Option`; its row
//! ends with `off`, the setter that switches it off. If the setter converts its argument, the row
//! ends with `constant`, the setter for constants. `#[serde(with = …)]` names a module of
//! `serde_impls/setting.rs` if serde's own form of the value is not the one that people write.
//!
//! `settings!` passes the rows to the macros of `generated.rs`. The rows are the argument of a
//! macro, not the body of one that the others call: then rustc's notes point at a row as they would
//! at a method written by hand.

use std::time::Duration;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{
    display_value::DisplayValue,
    generated::{checks, patch, policy, setter, setting_names},
    limits::{
        at_least_one, at_least_one_or_off, percentage_or_off, ramp_or_off, share,
        share_of_keys_or_off, unlimited, whole_millis, whole_millis_or_off,
    },
};
#[cfg(feature = "serde")]
use crate::circuit::serde_impls::{
    form::form,
    setting::{number_or_off, serde_structs, text_or_off},
    text,
};
use crate::circuit::{Abandoned, Expiry, Window};

macro_rules! settings {
    ($($rows:tt)*) => {
        setting_names! { $($rows)* }
        policy! { $($rows)* }
        patch! { $($rows)* }
        checks! { $($rows)* }
        #[cfg(feature = "serde")]
        serde_structs! { $($rows)* }
    };
}

settings! {
    /// Opens after `failures` failures in a row: at least 1. Default 10, or off if a rate rule or
    /// `failure_count` is set and this rule is not.
    FailureThreshold => failure_threshold(failures: u32) {
        #[serde(with = "number_or_off", alias = "max_attempts")]
        value: Option<u32> = Some(failures),
        default: Some(10), limit: at_least_one_or_off,
        /// Returns the failures in a row that open; `None` if the rule is off.
        get,
        /// Switches off the rule for failures in a row.
        off: failure_threshold_off,
    }

    /// Sets how long an opening lasts: an [`Expiry`], or a [`Duration`] for openings of this
    /// length, of whole milliseconds and at least 1 ms. Default 60 s.
    Expiry => expiry(expiry: Expiry) {
        value: Expiry = expiry,
        default: Expiry::fixed(Duration::from_secs(60)), limit: Expiry::limit_broken,
        /// Returns how long an opening lasts.
        get,
        constant: with_expiry,
    }

    /// Closes a half-open circuit after `successes` successes in a row: at least 1. Default 1.
    SuccessThreshold => success_threshold(successes: u32) {
        value: u32 = successes,
        default: 1, limit: at_least_one,
        /// Returns the successes in a row that close a half-open circuit.
        get,
    }

    /// Admits up to `probes` probes at once while half-open: at least 1. Default 1.
    HalfOpenLimit => half_open_limit(probes: u32) {
        value: u32 = probes,
        default: 1, limit: at_least_one,
        /// Returns how many probes may be in flight at once while half-open.
        get,
    }

    /// Sets how long after the start of the newest probe all probes lose their places to the next
    /// call, if no place is free: whole milliseconds, at least 1 ms. Default 60 s. Their outcomes
    /// still count.
    ProbeTimeout => probe_timeout(timeout: Duration) {
        #[serde(with = "text")]
        value: Duration = timeout,
        default: Duration::from_secs(60), limit: whole_millis,
        /// Returns how long probes may take before they lose their places.
        get,
    }

    /// Opens after `failures` failures in the window, whatever succeeds between them: at least 1,
    /// at most the calls of a window of calls. Default off.
    ///
    /// There is no minimum of calls: with a window of time, this many failures within the time
    /// open; with a window of calls, this many of the last calls do.
    FailureCount => failure_count(failures: u32) {
        #[serde(with = "number_or_off")]
        value: Option<u32> = Some(failures),
        default: None, limit: at_least_one_or_off,
        /// Returns the failures in the window that open; `None` if the rule is off.
        get,
        /// Switches off the rule for failures in the window.
        off: failure_count_off,
    }

    /// Opens when at least `percent` % of the calls in the window failed: 1 to 100. Default off.
    FailureRate => failure_rate(percent: u32) {
        #[serde(with = "number_or_off")]
        value: Option<f64> = Some(percent as f64),
        default: None, limit: percentage_or_off,
        /// Returns the percentage of failures that opens; `None` if the rule is off.
        get,
        /// Switches off the rule for the rate of failures.
        off: failure_rate_off,
        /// Opens like [`failure_rate`](Self::failure_rate), at a percentage with up to two
        /// decimals: 0.01 to 100.
        decimal: failure_rate_decimal,
    }

    /// Opens when at least `percent` % of the calls in the window were slow: 1 to 100. Default off.
    SlowCallRate => slow_call_rate(percent: u32) {
        #[serde(with = "number_or_off")]
        value: Option<f64> = Some(percent as f64),
        default: None, limit: percentage_or_off,
        /// Returns the percentage of slow calls that opens; `None` if the rule is off.
        get,
        /// Switches off the rule for the rate of slow calls.
        off: slow_call_rate_off,
        /// Opens like [`slow_call_rate`](Self::slow_call_rate), at a percentage with up to two
        /// decimals: 0.01 to 100.
        decimal: slow_call_rate_decimal,
    }

    /// Admits a growing share of the calls after an outage, from a tenth to all over `duration`,
    /// before the circuit closes: whole milliseconds, at least 100 ms. Default off.
    ///
    /// The circuit is half-open meanwhile, and the rules of a closed circuit judge the calls.
    Ramp => ramp(duration: Duration) {
        #[serde(with = "text_or_off")]
        value: Option<Duration> = Some(duration),
        default: None, limit: ramp_or_off,
        /// Returns how long the share of admitted calls grows after an outage; `None` if all are
        /// admitted at once.
        get,
        /// Admits all calls at once after an outage.
        off: ramp_off,
    }

    /// Sets how long a call may take: whole milliseconds, at least 1 ms. Default off.
    ///
    /// It acts on functions whose attribute has the option `timeout` and on layers of tower that
    /// have one, since only they have an answer for a call that takes too long.
    Timeout => timeout(limit: Duration) {
        #[serde(with = "text_or_off")]
        value: Option<Duration> = Some(limit),
        default: None, limit: whole_millis_or_off,
        /// Returns how long a call may take; `None` if there is no limit.
        get,
        /// Sets no limit to how long a call may take.
        off: timeout_off,
    }

    /// Sets the duration above which a call is slow: whole milliseconds, at least 1 ms.
    ///
    /// Default 60 s; no effect without a slow-call rate.
    SlowCallDuration => slow_call_duration(limit: Duration) {
        #[serde(with = "text")]
        value: Duration = limit,
        default: Duration::from_secs(60), limit: whole_millis,
        /// Returns the duration above which a call is slow.
        get,
    }

    /// Sets the calls over which rates are judged and failures are counted. Default: the last 100.
    ///
    /// No effect without a rate or `failure_count`.
    Window => window(window: Window) {
        value: Window = window,
        default: Window::calls(100), limit: Window::limit_broken,
        /// Returns the calls over which rates are judged and failures are counted.
        get,
    }

    /// Judges no rate while the window holds fewer than `calls` calls.
    ///
    /// At least 1, at most the calls of the window. Default 100, or the calls of the window if they
    /// are fewer.
    ///
    /// A minimum above the window of a later layer, or above the default window, falls back to this
    /// default, and `Status::warnings` reports it.
    MinimumCalls => minimum_calls(calls: u32) {
        value: u32 = calls,
        default: 100, limit: at_least_one,
        /// Returns the number of calls in the window below which no rate is judged.
        get,
    }

    /// Sets how an abandoned call counts: one that is dropped without an outcome. Default: ignored.
    Abandoned => abandoned(verdict: Abandoned) {
        value: Abandoned = verdict,
        default: Abandoned::Ignore, limit: unlimited,
        /// Returns how an abandoned call counts.
        get,
    }

    /// Keeps the share of an identifier's keys that reject by a rule at `percent` % or below: 1 to
    /// 100. Default off.
    ///
    /// An opening above the share only observes until enough other keys have closed. Below five
    /// known keys there is no limit, and one key may always open. Do not set it if clients choose
    /// the keys: a client that invents keys changes the share.
    MaxOpenShare => max_open_share(percent: u32) {
        #[serde(with = "number_or_off")]
        value: Option<u32> = Some(percent),
        default: None, limit: share_of_keys_or_off,
        /// Returns the percentage of an identifier's keys that may reject at once; `None` if all
        /// may.
        get,
        /// Lets all keys of an identifier reject at once.
        off: max_open_share_off,
    }

    /// Admits at most `calls` calls at once: at least 1. Default off.
    ///
    /// One more is rejected at once. It is no failure, and takes no place of a probe. A call that
    /// never ends keeps its place, and so does a permit that is never dropped. A call of the same
    /// breaker within a call takes another place, unless the outer one is a probe, or a `ramp` or
    /// an overlay has admitted it.
    ConcurrencyLimit => concurrency_limit(calls: u32) {
        #[serde(with = "number_or_off")]
        value: Option<u32> = Some(calls),
        default: None, limit: at_least_one_or_off,
        /// Returns how many calls may be in flight at once; `None` if there is no limit.
        get,
        /// Admits any number of calls at once.
        off: concurrency_limit_off,
    }

    /// Shortens each opening that a rule causes by a random share of up to `share`: 0 to 0.9 in
    /// whole thousandths. Default 0.
    Jitter => jitter(share: f64) {
        value: f64 = share,
        default: 0.0, limit: share,
        /// Returns the largest share, 0 to 0.9, by which an opening may be shortened at random.
        get,
    }

    /// Sets the longest opening that a retry-after hint can request, and to which late hints can
    /// prolong one: whole milliseconds, at least 1 ms. Default 5 min.
    RetryAfterCap => retry_after_cap(cap: Duration) {
        #[serde(with = "text")]
        value: Duration = cap,
        default: Duration::from_secs(300), limit: whole_millis,
        /// Returns the longest opening that a retry-after hint can request.
        get,
    }

    /// Counts how long calls take, in a histogram for each outcome. Default false.
    ///
    /// Each call of the breaker is then timed on the precise clock. The histograms of a breaker
    /// take up to 2.5 kB, and none before its first call.
    Durations => durations(durations: bool) {
        value: bool = durations,
        default: false, limit: unlimited,
        /// Returns whether durations of calls are counted.
        get,
    }

    /// Decides and counts, but rejects no call. Default false.
    ///
    /// A call that would have been rejected runs and counts as rejected. Its outcome is not
    /// recorded.
    Shadow => shadow(shadow: bool) {
        value: bool = shadow,
        default: false, limit: unlimited,
        /// Returns whether the circuit decides and counts, but rejects no call.
        get,
    }
}
