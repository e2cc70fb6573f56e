//! Some of a policy's settings: the ones that are set.

use std::fmt;

use crate::circuit::{InvalidPolicy, InvalidSetting, Policy, PolicyPatch, SettingName, Window};

macro_rules! patch {
    ($(
        $(#[$set_doc:meta])*
        $name:ident => $field:ident($argument:ident: $given:ty) {
            $(#[$serde:meta])*
            value: $value:ty = $new:expr,
            default: $default:expr, limit: $limit:path,
            $(#[$get_doc:meta])*
            get,
            $(
                $(#[$off_doc:meta])*
                off: $off:ident,
            )?
        }
    )*) => {
        /// Some settings of a policy. A setting that the patch does not set is left as it is.
        ///
        /// A patch may be a constant. [`policy`](Self::policy), `configure` and `init` check the
        /// values and return every mistake; so does [`mistakes`](Self::mistakes).
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
        #[derive(Clone, Copy, PartialEq, Default)]
        #[must_use = "a patch does nothing until it is put to use"]
        pub struct PolicyPatch {
            $(pub(crate) $field: Option<$value>,)*
        }

        impl PolicyPatch {
            /// A patch that sets nothing.
            pub const fn new() -> Self {
                Self { $($field: None,)* }
            }

            $(
                $(#[$set_doc])*
                pub const fn $field(mut self, $argument: $given) -> Self {
                    self.$field = Some($new);
                    self
                }

                $(
                    $(#[$off_doc])*
                    pub const fn $off(mut self) -> Self {
                        self.$field = Some(None);
                        self
                    }
                )?
            )*

            /// This patch, and from `lower` what it does not set.
            pub(crate) fn or_else(self, lower: Self) -> Self {
                Self { $($field: self.$field.or(lower.$field),)* }
            }

            /// This patch, and from the defaults what it does not set.
            pub(super) const fn over_defaults(self) -> Policy {
                Policy {
                    $($field: match self.$field {
                        Some(value) => value,
                        None => Policy::DEFAULT.$field,
                    },)*
                }
            }
        }
    };
}

pub(super) use patch;

impl PolicyPatch {
    /// This patch, and from `lower` what it does not set, except what contradicts it: a window
    /// below this patch's minimum of calls, or a minimum above its window.
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

    /// The policy that this patch makes of the defaults.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] if a value is outside its limits; it holds the patch and lists every
    /// mistake.
    pub const fn policy(self) -> Result<Policy, InvalidPolicy> {
        let Policy { window, .. } = self.over_defaults();
        self.check(Some(window), self.applied())
    }

    /// The patch itself, if every value keeps its limits.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] otherwise; it holds the patch and lists every mistake.
    pub const fn validated(self) -> Result<Self, InvalidPolicy> {
        self.check(self.window, self)
    }

    /// The patch itself; in a constant, a value outside its limits is a compile error.
    ///
    /// ```compile_fail
    /// # use brama_runtime::api as brama;
    /// use brama::PolicyPatch;
    ///
    /// // error[E0080]: evaluation panicked:
    /// // `failure_rate` must be a percentage from 1 to 100, or off
    /// const WRONG: PolicyPatch = PolicyPatch::new().failure_rate(150).checked();
    /// ```
    ///
    /// # Panics
    ///
    /// If a value is outside its limits; the message names the setting and the limit.
    #[doc(hidden)]
    #[track_caller]
    pub const fn checked(self) -> Self {
        match self.first_broken(self.window) {
            None => self,
            Some((setting, limit)) => reject(setting, limit),
        }
    }

    /// Every value outside its limits, in the order of the settings; empty if the patch is valid.
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

    /// The policy that valid layers make together.
    ///
    /// Two defaults depend on other settings. `failure_threshold` is off if a rate rule is set.
    /// `minimum_calls` follows the window, also in place of a minimum above it.
    pub(crate) const fn applied(self) -> Policy {
        let mut policy = self.over_defaults();
        if self.failure_threshold.is_none() && policy.has_rate_rule() {
            policy.failure_threshold = None;
        }
        if self.minimum_calls.is_none() || self.minimum_exceeds(Some(policy.window)) {
            policy.minimum_calls = policy.window.default_minimum();
        }
        policy
    }
}

/// Prints what is set: `PolicyPatch { failure_rate: off, jitter: 0.1 }`.
impl fmt::Debug for PolicyPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut patch = f.debug_struct("PolicyPatch");
        for setting in SettingName::ALL.into_iter().filter(|setting| self.sets(*setting)) {
            patch.field(setting.as_str(), &format_args!("{}", self.display_value(setting)));
        }
        patch.finish()
    }
}

/// Panics with "`setting` must be limit". The text is copied by hand: a constant cannot format.
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
