//! The names of a policy's settings.

use std::{fmt, time::Duration};

use crate::circuit::{Abandoned, Expiry, Policy, PolicyPatch, SettingName, Window};

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
        #[cfg_attr(
            feature = "serde",
            derive(Serialize, Deserialize),
            serde(rename_all = "snake_case")
        )]
        pub enum SettingName {
            $(
                #[doc = concat!("`", stringify!($field), "`")]
                $name,
            )*
        }

        impl SettingName {
            /// Every setting, in the order of the documentation's table.
            pub const ALL: [Self; [$(Self::$name),*].len()] = [$(Self::$name),*];

            /// The name in the attribute, in configuration and in messages.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($field),)*
                }
            }
        }

        impl PolicyPatch {
            /// Whether the patch sets `setting`.
            #[must_use]
            pub const fn sets(&self, setting: SettingName) -> bool {
                match setting {
                    $(SettingName::$name => self.$field.is_some(),)*
                }
            }

            /// The value of `setting` in words; empty if the patch does not set it.
            pub(in crate::circuit) fn display_value(&self, setting: SettingName) -> String {
                match setting {
                    $(SettingName::$name => self.$field.map(DisplayValue::display_value),)*
                }
                .unwrap_or_default()
            }
        }
    };
}

pub(super) use setting_names;

impl fmt::Display for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Policy {
    /// The value of `setting` in words: `10`, `off`, `60s`, `the last 100 calls`.
    #[must_use]
    pub fn display_value(&self, setting: SettingName) -> String {
        PolicyPatch::from(*self).display_value(setting)
    }
}

/// The value of a setting, in words.
pub(super) trait DisplayValue {
    fn display_value(self) -> String;
}

macro_rules! displayed {
    ($($value:ty),*) => {
        $(impl DisplayValue for $value {
            fn display_value(self) -> String {
                self.to_string()
            }
        })*
    };
}

displayed!(u32, f64, bool, Expiry, Window, Abandoned);

impl DisplayValue for Duration {
    fn display_value(self) -> String {
        format!("{self:?}")
    }
}

impl<V: DisplayValue> DisplayValue for Option<V> {
    fn display_value(self) -> String {
        self.map_or_else(|| "off".to_owned(), V::display_value)
    }
}
