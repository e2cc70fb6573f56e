//! Some of a policy's settings: those that somebody named.

use std::time::Duration;

use crate::circuit::{
    Abandoned, Expiry, InvalidPolicy, InvalidSetting, Policy, SettingName, Window,
};

/// `Option::unwrap_or`, which is not yet `const`.
macro_rules! or {
    ($named:expr, $otherwise:expr) => {
        match $named {
            Some(value) => value,
            None => $otherwise,
        }
    };
}

/// Settings that differ from what lies below; each names one setting, the others are left alone.
///
/// A patch may be a constant. Values are checked where the patch is put to use
/// ([`policy`](Self::policy), `configure`, `init`), which answers with every mistake,
/// or asked for with [`mistakes`](Self::mistakes).
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Expiry, PolicyPatch, Window};
/// use std::time::Duration;
///
/// const SEARCH: PolicyPatch = PolicyPatch::new()
///     .failure_rate(50)
///     .window(Window::time(Duration::from_secs(10)))
///     .minimum_calls(20)
///     .expiry(Expiry::fixed(Duration::from_secs(30)));
/// assert!(SEARCH.mistakes().is_empty());
///
/// let wrong = PolicyPatch::new().failure_threshold(0).failure_rate(150);
/// assert_eq!(wrong.mistakes().len(), 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[must_use = "a patch does nothing until it is put to use"]
pub struct PolicyPatch {
    pub(in crate::circuit) failure_threshold: Option<Option<u32>>,
    pub(in crate::circuit) expiry: Option<Expiry>,
    pub(in crate::circuit) success_threshold: Option<u32>,
    pub(in crate::circuit) half_open_limit: Option<u32>,
    pub(in crate::circuit) probe_timeout: Option<Duration>,
    pub(in crate::circuit) failure_rate: Option<Option<u32>>,
    pub(in crate::circuit) slow_call_rate: Option<Option<u32>>,
    pub(in crate::circuit) slow_call_duration: Option<Duration>,
    pub(in crate::circuit) window: Option<Window>,
    pub(in crate::circuit) minimum_calls: Option<u32>,
    pub(in crate::circuit) abandoned: Option<Abandoned>,
    pub(in crate::circuit) jitter: Option<f64>,
    pub(in crate::circuit) retry_after_cap: Option<Duration>,
    pub(in crate::circuit) shadow: Option<bool>,
}

impl PolicyPatch {
    /// A patch that names nothing.
    pub const fn new() -> Self {
        Self {
            failure_threshold: None,
            expiry: None,
            success_threshold: None,
            half_open_limit: None,
            probe_timeout: None,
            failure_rate: None,
            slow_call_rate: None,
            slow_call_duration: None,
            window: None,
            minimum_calls: None,
            abandoned: None,
            jitter: None,
            retry_after_cap: None,
            shadow: None,
        }
    }

    /// Opens after that many failures in a row: at least 1. Default 10; off where a rate rule is
    /// set and this is not.
    pub const fn failure_threshold(mut self, failures: u32) -> Self {
        self.failure_threshold = Some(Some(failures));
        self
    }

    /// Opens after no number of failures in a row.
    pub const fn failure_threshold_off(mut self) -> Self {
        self.failure_threshold = Some(None);
        self
    }

    /// How long an opening lasts. Default fixed 60 s.
    pub const fn expiry(mut self, expiry: Expiry) -> Self {
        self.expiry = Some(expiry);
        self
    }

    /// Closes a half-open circuit after that many successes in a row: at least 1. Default 1.
    pub const fn success_threshold(mut self, successes: u32) -> Self {
        self.success_threshold = Some(successes);
        self
    }

    /// Lets that many probes be in flight at once while half-open: at least 1. Default 1.
    pub const fn half_open_limit(mut self, probes: u32) -> Self {
        self.half_open_limit = Some(probes);
        self
    }

    /// Takes its place from a probe that is silent for so long: whole milliseconds, at least 1 ms.
    /// Default 60 s.
    pub const fn probe_timeout(mut self, timeout: Duration) -> Self {
        self.probe_timeout = Some(timeout);
        self
    }

    /// Opens when that percentage of the window failed: 1 to 100. Default off.
    pub const fn failure_rate(mut self, percent: u32) -> Self {
        self.failure_rate = Some(Some(percent));
        self
    }

    /// Opens at no rate of failures.
    pub const fn failure_rate_off(mut self) -> Self {
        self.failure_rate = Some(None);
        self
    }

    /// Opens when that percentage of the window was slow: 1 to 100. Default off.
    pub const fn slow_call_rate(mut self, percent: u32) -> Self {
        self.slow_call_rate = Some(Some(percent));
        self
    }

    /// Opens at no rate of slow calls.
    pub const fn slow_call_rate_off(mut self) -> Self {
        self.slow_call_rate = Some(None);
        self
    }

    /// A call that takes longer than this is slow: whole milliseconds, at least 1 ms. Default 60 s;
    /// without a slow-call rate it does nothing.
    pub const fn slow_call_duration(mut self, limit: Duration) -> Self {
        self.slow_call_duration = Some(limit);
        self
    }

    /// The calls over which rates are judged. Default the last 100; without a rate it does nothing.
    pub const fn window(mut self, window: Window) -> Self {
        self.window = Some(window);
        self
    }

    /// Judges no rate below that many calls in the window: at least 1, at most the window's calls.
    /// Default 100, or the window's calls where they are fewer. One above a window that another
    /// layer names later, or that is built in, gives way to that default; `Status::warnings` says
    /// so.
    pub const fn minimum_calls(mut self, calls: u32) -> Self {
        self.minimum_calls = Some(calls);
        self
    }

    /// What a call counts as that was dropped without an outcome. Default: ignored.
    pub const fn abandoned(mut self, verdict: Abandoned) -> Self {
        self.abandoned = Some(verdict);
        self
    }

    /// Shortens each opening by a rule at random by a share of up to this: 0 to 0.9 in whole
    /// thousandths. Default 0.
    pub const fn jitter(mut self, share: f64) -> Self {
        self.jitter = Some(share);
        self
    }

    /// The longest opening that a retry-after hint can ask for: whole milliseconds, at least 1 ms.
    /// Default 5 min.
    pub const fn retry_after_cap(mut self, cap: Duration) -> Self {
        self.retry_after_cap = Some(cap);
        self
    }

    /// Decides and counts, but refuses nobody: a call that would have been refused runs, counts as
    /// rejected, and its outcome is recorded nowhere. Default false.
    pub const fn shadow(mut self, shadow: bool) -> Self {
        self.shadow = Some(shadow);
        self
    }

    /// The minimum of calls, where it is named.
    pub(crate) const fn named_minimum_calls(&self) -> Option<u32> {
        self.minimum_calls
    }

    /// The window, where it is named.
    pub(crate) const fn named_window(&self) -> Option<Window> {
        self.window
    }

    /// This patch over `lower`: what this one does not name is taken from there, save what
    /// contradicts it (a minimum of calls above the window's).
    pub fn layered_over(self, lower: Self) -> Self {
        let merged = self.or_else(lower);
        if !merged.minimum_exceeds(merged.window) {
            merged
        } else if self.window.is_some() {
            Self { minimum_calls: self.minimum_calls, ..merged }
        } else {
            Self { window: None, ..merged }
        }
    }

    /// What this one does not name, taken from `lower` as it is.
    pub(crate) fn or_else(self, lower: Self) -> Self {
        Self {
            failure_threshold: self.failure_threshold.or(lower.failure_threshold),
            expiry: self.expiry.or(lower.expiry),
            success_threshold: self.success_threshold.or(lower.success_threshold),
            half_open_limit: self.half_open_limit.or(lower.half_open_limit),
            probe_timeout: self.probe_timeout.or(lower.probe_timeout),
            failure_rate: self.failure_rate.or(lower.failure_rate),
            slow_call_rate: self.slow_call_rate.or(lower.slow_call_rate),
            slow_call_duration: self.slow_call_duration.or(lower.slow_call_duration),
            window: self.window.or(lower.window),
            minimum_calls: self.minimum_calls.or(lower.minimum_calls),
            abandoned: self.abandoned.or(lower.abandoned),
            jitter: self.jitter.or(lower.jitter),
            retry_after_cap: self.retry_after_cap.or(lower.retry_after_cap),
            shadow: self.shadow.or(lower.shadow),
        }
    }

    /// The policy that this patch makes of the defaults.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] where a value is outside its limits; it holds the patch and lists every
    /// mistake.
    pub const fn policy(self) -> Result<Policy, InvalidPolicy> {
        let window = or!(self.window, Policy::DEFAULT.window);
        self.check(Some(window), self.applied())
    }

    /// The patch itself, where every value keeps its limits.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] otherwise; it holds the patch and lists every mistake.
    pub const fn validated(self) -> Result<Self, InvalidPolicy> {
        self.check(self.window, self)
    }

    /// The patch itself; in a constant, a value outside its limits is an error of the compiler's.
    ///
    /// ```compile_fail
    /// # use brama_runtime::api as brama;
    /// use brama::PolicyPatch;
    ///
    /// // error[E0080]: evaluation panicked: `failure_rate` must be a percentage from 1 to 100, or off
    /// const WRONG: PolicyPatch = PolicyPatch::new().failure_rate(150).checked();
    /// ```
    ///
    /// # Panics
    ///
    /// Where a value is outside its limits; the message names the setting and the limit.
    #[doc(hidden)]
    #[track_caller]
    pub const fn checked(self) -> Self {
        match self.first_broken(self.window) {
            None => self,
            Some((setting, limit)) => reject(setting, limit),
        }
    }

    /// Every value outside its limits, in the order of the settings; empty where all is well.
    #[must_use]
    pub fn mistakes(&self) -> Vec<InvalidSetting> {
        self.mistakes_with(self.window)
    }

    const fn check<T: Copy>(self, window: Option<Window>, valid: T) -> Result<T, InvalidPolicy> {
        match self.first_broken(window) {
            None => Ok(valid),
            Some(_) => Err(InvalidPolicy::new(self, window)),
        }
    }

    /// The policy that valid layers make together. A minimum above the built-in window, which no
    /// layer names, gives way to the default.
    pub(crate) const fn applied(self) -> Policy {
        let built_in = Policy::DEFAULT;
        let failure_rate = or!(self.failure_rate, built_in.failure_rate);
        let slow_call_rate = or!(self.slow_call_rate, built_in.slow_call_rate);
        let judges_rates = failure_rate.is_some() || slow_call_rate.is_some();
        let in_a_row = if judges_rates { None } else { built_in.failure_threshold };
        let window = or!(self.window, built_in.window);
        let fits = !self.minimum_exceeds(Some(window));
        let minimum_calls = if fits { self.minimum_calls } else { None };
        Policy {
            failure_threshold: or!(self.failure_threshold, in_a_row),
            expiry: or!(self.expiry, built_in.expiry),
            success_threshold: or!(self.success_threshold, built_in.success_threshold),
            half_open_limit: or!(self.half_open_limit, built_in.half_open_limit),
            probe_timeout: or!(self.probe_timeout, built_in.probe_timeout),
            failure_rate,
            slow_call_rate,
            slow_call_duration: or!(self.slow_call_duration, built_in.slow_call_duration),
            window,
            minimum_calls: or!(minimum_calls, window.default_minimum()),
            abandoned: or!(self.abandoned, built_in.abandoned),
            jitter: or!(self.jitter, built_in.jitter),
            retry_after_cap: or!(self.retry_after_cap, built_in.retry_after_cap),
            shadow: or!(self.shadow, built_in.shadow),
        }
    }
}

/// Panics with "`setting` must be limit": put together by hand, since a constant cannot format.
#[track_caller]
#[expect(clippy::panic, reason = "how a constant reports an error")]
#[expect(clippy::indexing_slicing, reason = "the loop's condition is the bound")]
const fn reject(setting: SettingName, limit: &str) -> ! {
    let mut text = [b' '; 96];
    let mut end = 0;
    let parts = ["`", setting.as_str(), "` must be ", limit];
    let mut part = 0;
    while part < parts.len() {
        let (_, room) = text.split_at_mut(end);
        let bytes = parts[part].as_bytes();
        room.split_at_mut(bytes.len()).0.copy_from_slice(bytes);
        end += bytes.len();
        part += 1;
    }
    match std::str::from_utf8(text.split_at(end).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("a policy is outside its limits"),
    }
}
