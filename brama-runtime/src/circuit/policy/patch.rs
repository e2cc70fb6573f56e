//! The merges and checks of a patch.

use std::fmt;

use crate::circuit::{InvalidPolicy, InvalidSetting, Policy, PolicyPatch, SettingName, Window};

impl PolicyPatch {
    /// Sets [`failure_threshold`](Self::failure_threshold), under its other name in the attribute.
    pub const fn max_attempts(self, failures: u32) -> Self {
        self.failure_threshold(failures)
    }

    /// Returns this patch, with missing settings from `lower` unless they contradict it. See also
    /// [`or`](Self::or).
    ///
    /// A window below this patch's `minimum_calls` or `failure_count`, or one of these two above
    /// this patch's window, is not taken from `lower`.
    pub fn layered_over(self, lower: Self) -> Self {
        let merged = self.or(lower);
        let [minimum, count] = OF_WINDOW.map(|setting| merged.exceeds(setting, merged.window));
        if !minimum && !count {
            return merged;
        }
        if self.window.is_none() {
            return Self { window: None, ..merged };
        }
        let minimum_calls = if minimum { self.minimum_calls } else { merged.minimum_calls };
        let failure_count = if count { self.failure_count } else { merged.failure_count };
        Self { failure_count, minimum_calls, ..merged }
    }

    /// Applies a shorter `expiry` to openings in progress too.
    ///
    /// Only [`Registry::configure`](crate::registry::Registry::configure) and
    /// [`Breaker::configure`](crate::breaker::Breaker::configure) act on it, once: an opening in
    /// progress then ends when it would have ended under the new `expiry`, or now if that time has
    /// passed. It never ends later than before. An opening by hand, or as long as a retry-after
    /// hint, stays as it is. Without `apply_now`, a new `expiry` applies from the next opening on.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Expiry, PolicyPatch, Registry};
    /// use std::time::Duration;
    ///
    /// let breaker = Registry::new().breaker("search");
    /// (0..10).for_each(|_| breaker.failure("down"));          // opens for 60 s
    /// let shorter = PolicyPatch::new().expiry(Expiry::fixed(Duration::from_secs(5)));
    /// breaker.configure(shorter.apply_now())?;
    /// assert!(breaker.status().retry_after <= Some(Duration::from_secs(5)));
    /// # Ok::<(), brama::error::InvalidPolicy>(())
    /// ```
    pub const fn apply_now(mut self) -> Self {
        self.applies_now = true;
        self
    }

    /// Returns the policy that results from applying this patch to the defaults.
    ///
    /// # Errors
    ///
    /// Returns [`InvalidPolicy`] if a value is outside its limits. The error holds the patch and
    /// lists every mistake.
    pub const fn policy(self) -> Result<Policy, InvalidPolicy> {
        let Policy { window, .. } = self.over_defaults();
        self.check(Some(window), self.applied())
    }

    /// Returns the patch itself if every value is within its limits.
    ///
    /// # Errors
    ///
    /// Returns [`InvalidPolicy`] otherwise. The error holds the patch and lists every mistake.
    pub const fn validated(self) -> Result<Self, InvalidPolicy> {
        self.check(self.window, self)
    }

    /// Returns the patch itself. In a constant, a value outside its limits is a compile error.
    ///
    /// ```compile_fail
    /// # use brama_runtime::api as brama;
    /// use brama::PolicyPatch;
    ///
    /// // error[E0080]: evaluation panicked:
    /// // `failure_rate` must be a percentage from 0.01 to 100 with at most two decimals, or off
    /// const WRONG: PolicyPatch = PolicyPatch::new().failure_rate(150).checked();
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if a value is outside its limits. The message names the setting and the limit.
    #[doc(hidden)]
    #[track_caller]
    pub const fn checked(self) -> Self {
        match self.first_broken(self.window) {
            None => self,
            Some((setting, limit)) => reject(setting, limit, self.calls_and_window(setting)),
        }
    }

    /// Returns the number of calls that `setting` is, and the calls of the window, if it is a
    /// window of fewer calls.
    const fn calls_and_window(&self, setting: SettingName) -> Option<(u32, u32)> {
        match (self.calls(setting), self.window) {
            (Some(number), Some(window)) => match window.size() {
                Some(calls) if calls < number => Some((number, calls)),
                Some(_) | None => None,
            },
            (None, _) | (_, None) => None,
        }
    }

    /// Returns the value of a setting whose limit is the window.
    pub(crate) const fn calls(&self, setting: SettingName) -> Option<u32> {
        if matches!(setting, SettingName::MinimumCalls) {
            self.minimum_calls
        } else if let (SettingName::FailureCount, Some(count)) = (setting, self.failure_count) {
            count
        } else {
            None
        }
    }

    /// Returns every value outside its limits, in the order of the settings; empty if none is.
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

    /// Returns the policy of a patch that is merged from valid layers.
    ///
    /// Two defaults depend on other settings. `failure_threshold` is off if another rule for
    /// failures is set. `minimum_calls` follows the window, and replaces a minimum above the
    /// window. A `failure_count` above the window is off.
    pub(crate) const fn applied(self) -> Policy {
        let mut policy = self.over_defaults();
        if self.exceeds(SettingName::FailureCount, Some(policy.window)) {
            policy.failure_count = None;
        }
        if self.failure_threshold.is_none() && policy.has_window_rule() {
            policy.failure_threshold = None;
        }
        if self.minimum_calls.is_none()
            || self.exceeds(SettingName::MinimumCalls, Some(policy.window))
        {
            policy.minimum_calls = policy.window.default_minimum();
        }
        policy
    }
}

impl PolicyPatch {
    /// Returns the first setting whose value is outside its limits, and the limit. Numbers of calls
    /// are compared with `window`.
    pub(in crate::circuit) const fn first_broken(
        &self,
        window: Option<Window>,
    ) -> Option<(SettingName, &'static str)> {
        let mut index = 0;
        while index < SettingName::ALL.len() {
            #[expect(clippy::indexing_slicing, reason = "the loop's condition is the bound")]
            let setting = SettingName::ALL[index];
            if let Some(limit) = self.limit_broken(setting, window) {
                return Some((setting, limit));
            }
            index += 1;
        }
        None
    }

    /// Returns every value outside its limits. Numbers of calls are compared with `window`.
    pub(in crate::circuit) fn mistakes_with(&self, window: Option<Window>) -> Vec<InvalidSetting> {
        let mistake = |setting: &SettingName| {
            let limit = self.limit_broken(*setting, window)?;
            Some(InvalidSetting::new(*setting, self.display_value(*setting), limit))
        };
        SettingName::ALL.iter().filter_map(mistake).collect()
    }

    /// Returns the limit that the value of `setting` breaks.
    const fn limit_broken(
        &self,
        setting: SettingName,
        window: Option<Window>,
    ) -> Option<&'static str> {
        match self.own_limit_broken(setting) {
            None if self.exceeds(setting, window) => Some(WITHIN_WINDOW),
            limit => limit,
        }
    }

    /// Returns whether a setting is a number of calls above the window of calls.
    pub(crate) const fn exceeds(&self, setting: SettingName, window: Option<Window>) -> bool {
        let calls = self.calls(setting);
        let size = match window {
            Some(window) => window.size(),
            None => None,
        };
        matches!((calls, size), (Some(calls), Some(size)) if size < calls)
    }
}

/// The settings whose limit is the window.
pub(crate) const OF_WINDOW: [SettingName; 2] =
    [SettingName::MinimumCalls, SettingName::FailureCount];

const WITHIN_WINDOW: &str = "at most the calls of the window";

/// Prints the settings that are set: `PolicyPatch { failure_rate: off, jitter: 0.1 }`.
impl fmt::Debug for PolicyPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut patch = f.debug_struct("PolicyPatch");
        for setting in SettingName::ALL.into_iter().filter(|setting| self.sets(*setting)) {
            patch.field(setting.as_str(), &format_args!("{}", self.display_value(setting)));
        }
        patch.finish()
    }
}

/// Panics with "`setting` must be limit". A number of calls above its window is shown with both
/// numbers.
#[track_caller]
#[expect(clippy::panic, reason = "how a constant reports an error")]
const fn reject(setting: SettingName, limit: &str, calls: Option<(u32, u32)>) -> ! {
    let text = ConstantText::new().with("`").with(setting.as_str());
    let text = match calls {
        Some((number, window)) => text
            .with("` is ")
            .with_number(number)
            .with(", must be at most the ")
            .with_number(window)
            .with(" calls of the window"),
        None => text.with("` must be ").with(limit),
    };
    match std::str::from_utf8(text.bytes.split_at(text.end).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("a policy is outside its limits"),
    }
}

/// A text that is put together by hand, because a constant cannot format.
struct ConstantText {
    bytes: [u8; 96],
    end: usize,
}

impl ConstantText {
    const fn new() -> Self {
        Self { bytes: [b' '; 96], end: 0 }
    }

    const fn with(mut self, part: &str) -> Self {
        let part = part.as_bytes();
        let (_, room) = self.bytes.split_at_mut(self.end);
        room.split_at_mut(part.len()).0.copy_from_slice(part);
        self.end += part.len();
        self
    }

    const fn with_number(self, number: u32) -> Self {
        let before = if 9 < number { self.with_number(number / 10) } else { self };
        let digit = [b'0' + (number % 10) as u8];
        match std::str::from_utf8(&digit) {
            Ok(digit) => before.with(digit),
            Err(_) => before,
        }
    }
}
