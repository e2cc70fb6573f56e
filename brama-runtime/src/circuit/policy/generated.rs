//! The macros that generate code from the table in `settings.rs`, one for each type.

/// Generates [`SettingName`](super::SettingName), and the methods of a patch that take one.
macro_rules! setting_names {
    ($(
        $(#[$set_doc:meta])*
        $name:ident => $field:ident($argument:ident: $given:ty) {
            $($rest:tt)*
        }
    )*) => {
        /// One setting of a policy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum SettingName {
            $(
                #[doc = concat!("`", stringify!($field), "`")]
                $name,
            )*
        }

        impl SettingName {
            /// Every setting, in the order of the table in the documentation.
            pub const ALL: [Self; [$(Self::$name),*].len()] = [$(Self::$name),*];

            /// Returns the name in the attribute, in configuration and in messages.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($field),)*
                }
            }
        }

        impl PolicyPatch {
            /// Returns whether the patch sets `setting`.
            #[must_use]
            pub const fn sets(&self, setting: SettingName) -> bool {
                match setting {
                    $(SettingName::$name => self.$field.is_some(),)*
                }
            }

            /// Returns the patch without `setting`.
            pub(crate) const fn without(mut self, setting: SettingName) -> Self {
                match setting {
                    $(SettingName::$name => self.$field = None,)*
                }
                self
            }

            /// Returns whether both patches set `setting` to one value, or neither sets it.
            pub(crate) fn agrees(&self, other: &Self, setting: SettingName) -> bool {
                match setting {
                    $(SettingName::$name => self.$field == other.$field,)*
                }
            }

            /// Returns the value of `setting` in words; empty if the patch does not set it.
            pub(crate) fn display_value(&self, setting: SettingName) -> String {
                match setting {
                    $(SettingName::$name => self.$field.map(DisplayValue::display_value),)*
                }
                .unwrap_or_default()
            }
        }
    };
}

/// Generates [`Policy`](super::Policy): fields, defaults and getters.
macro_rules! policy {
    ($(
        $(#[$set_doc:meta])*
        $name:ident => $field:ident($argument:ident: $given:ty) {
            $(#[$serde:meta])*
            value: $value:ty = $new:expr,
            default: $default:expr, limit: $limit:path,
            $(#[$get_doc:meta])*
            get,
            $($rest:tt)*
        }
    )*) => {
        /// The complete, valid settings of a circuit.
        ///
        /// A policy is always within its limits. It is created from a [`PolicyPatch`], which is
        /// checked; settings that the patch does not set have their defaults.
        ///
        /// ```
        /// # use brama_runtime::api as brama;
        /// use brama::{Policy, PolicyPatch};
        ///
        /// let policy = PolicyPatch::new().failure_threshold(3).policy()?;
        /// assert_eq!(policy.failure_threshold(), Some(3));
        /// assert_eq!(policy.success_threshold(), 1);
        ///
        /// const NODE: Policy = Policy::conservative();
        /// assert_eq!(NODE.failure_threshold(), Some(5));
        /// # Ok::<(), brama::error::InvalidPolicy>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq)]
        #[cfg_attr(
            feature = "serde",
            derive(Serialize, Deserialize),
            serde(try_from = "PolicyPatch", into = "PolicyPatch")
        )]
        pub struct Policy {
            $(pub(in crate::circuit) $field: $value,)*
        }

        impl Policy {
            /// The defaults: 10 failures in a row open the circuit for 60 s, and the success of 1
            /// probe closes it.
            pub const DEFAULT: Self = Self { $($field: $default,)* };

            $(
                $(#[$get_doc])*
                #[must_use]
                pub const fn $field(&self) -> $value {
                    self.$field
                }
            )*
        }

        impl Policy {
            /// Returns a patch that sets every setting.
            pub(crate) const fn into_patch(self) -> PolicyPatch {
                PolicyPatch { $($field: Some(self.$field),)* applies_now: false }
            }
        }

        /// Creates a patch that sets every setting.
        impl From<Policy> for PolicyPatch {
            fn from(policy: Policy) -> Self {
                policy.into_patch()
            }
        }
    };
}

/// Generates [`PolicyPatch`](super::PolicyPatch): fields, setters and merges.
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
                $(
                    $(#[$decimal_doc:meta])*
                    decimal: $decimal:ident,
                )?
            )?
            $(constant: $constant:ident,)?
        }
    )*) => {
        /// Some settings of a policy. Other settings stay unchanged.
        ///
        /// A patch can be a constant. In a constant, use [`with_expiry`](Self::with_expiry) instead
        /// of [`expiry`](Self::expiry). [`policy`](Self::policy), `configure` and `init`
        /// check the values and report every mistake, as [`mistakes`](Self::mistakes) does.
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
        ///     .with_expiry(Expiry::fixed(Duration::from_secs(30)));
        /// assert!(SEARCH.mistakes().is_empty());
        ///
        /// let wrong = PolicyPatch::new().failure_threshold(0).failure_rate(150);
        /// assert_eq!(wrong.mistakes().len(), 2);
        /// ```
        #[derive(Clone, Copy, PartialEq, Default)]
        #[must_use = "a patch does nothing until it is applied"]
        pub struct PolicyPatch {
            $(pub(crate) $field: Option<$value>,)*
            pub(crate) applies_now: bool,
        }

        impl PolicyPatch {
            /// Creates a patch that sets nothing.
            pub const fn new() -> Self {
                Self { $($field: None,)* applies_now: false }
            }

            $(
                setter! {
                    $(#[$set_doc])*
                    $field($argument: $given) = $new;
                    $(constant: $constant)?
                }

                $(
                    $(#[$off_doc])*
                    pub const fn $off(mut self) -> Self {
                        self.$field = Some(None);
                        self
                    }

                    $(
                        $(#[$decimal_doc])*
                        pub const fn $decimal(mut self, percent: f64) -> Self {
                            self.$field = Some(Some(percent));
                            self
                        }
                    )?
                )?
            )*

            /// Returns this patch, with missing settings from `lower`, even if they contradict it:
            /// [`mistakes`](Self::mistakes) then says so.
            ///
            /// The result is a layer, so [`apply_now`](Self::apply_now) of both is dropped.
            pub fn or(self, lower: Self) -> Self {
                Self { $($field: self.$field.or(lower.$field),)* applies_now: false }
            }

            /// Returns this patch, with missing settings from the defaults.
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

/// Generates the setter of one setting. A constant cannot convert its argument, so a setter that
/// does has a sibling for constants.
macro_rules! setter {
    ($(#[$doc:meta])* $field:ident($argument:ident: $given:ty) = $new:expr;) => {
        $(#[$doc])*
        pub const fn $field(mut self, $argument: $given) -> Self {
            self.$field = Some($new);
            self
        }
    };
    (
        $(#[$doc:meta])* $field:ident($argument:ident: $given:ty) = $new:expr;
        constant: $constant:ident
    ) => {
        $(#[$doc])*
        pub fn $field(self, $argument: impl Into<$given>) -> Self {
            self.$constant($argument.into())
        }

        #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ")")]
        /// in a constant, which cannot convert the argument.
        pub const fn $constant(mut self, $argument: $given) -> Self {
            self.$field = Some($new);
            self
        }
    };
}

/// Generates the check of each setting by itself.
macro_rules! checks {
    ($(
        $(#[$set_doc:meta])*
        $name:ident => $field:ident($argument:ident: $given:ty) {
            $(#[$serde:meta])*
            value: $value:ty = $new:expr,
            default: $default:expr, limit: $limit:path,
            $($rest:tt)*
        }
    )*) => {
        impl PolicyPatch {
            /// Returns the limit that the value of `setting` breaks, not considering others.
            pub(super) const fn own_limit_broken(
                &self,
                setting: SettingName,
            ) -> Option<&'static str> {
                match setting {
                    $(SettingName::$name => match self.$field {
                        Some(value) => $limit(value),
                        None => None,
                    },)*
                }
            }
        }
    };
}

pub(super) use {checks, patch, policy, setter, setting_names};
