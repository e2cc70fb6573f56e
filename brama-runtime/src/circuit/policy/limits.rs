//! The limits of a patch's values.

use std::time::Duration;

use crate::circuit::{
    InvalidSetting, PolicyPatch, SettingName, Window,
    expiry::{is_whole_millis, to_permille},
};

impl PolicyPatch {
    /// The first setting whose value is outside its limits, and the limit. `minimum_calls` is
    /// compared with `window`.
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

    /// Every value outside its limits. `minimum_calls` is compared with `window`.
    pub(in crate::circuit) fn mistakes_with(&self, window: Option<Window>) -> Vec<InvalidSetting> {
        let mistake = |setting: &SettingName| {
            let limit = self.limit_broken(*setting, window)?;
            Some(InvalidSetting::new(*setting, self.display_value(*setting), limit))
        };
        SettingName::ALL.iter().filter_map(mistake).collect()
    }

    /// The limit that the value of `setting` breaks.
    const fn limit_broken(
        &self,
        setting: SettingName,
        window: Option<Window>,
    ) -> Option<&'static str> {
        match self.own_limit_broken(setting) {
            None if self.is_above_window(setting, window) => Some(WITHIN_WINDOW),
            limit => limit,
        }
    }

    const fn is_above_window(&self, setting: SettingName, window: Option<Window>) -> bool {
        matches!(setting, SettingName::MinimumCalls) && self.minimum_exceeds(window)
    }

    pub(in crate::circuit) const fn minimum_exceeds(&self, window: Option<Window>) -> bool {
        match (self.minimum_calls, window) {
            (Some(minimum), Some(window)) => match window.size() {
                Some(calls) => calls < minimum,
                None => false,
            },
            (None, _) | (_, None) => false,
        }
    }
}

const WITHIN_WINDOW: &str = "at most the calls of the window";

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
            /// The limit that the value of `setting` breaks, whatever the other settings are.
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

pub(super) use checks;

pub(super) const fn unlimited<T: Copy>(_: T) -> Option<&'static str> {
    None
}

pub(super) const fn at_least_one(count: u32) -> Option<&'static str> {
    limit("at least 1", 1 <= count)
}

pub(super) const fn at_least_one_or_off(count: Option<u32>) -> Option<&'static str> {
    limit("at least 1, or off", !matches!(count, Some(0)))
}

pub(super) const fn percentage_or_off(percent: Option<u32>) -> Option<&'static str> {
    limit("a percentage from 1 to 100, or off", matches!(percent, Some(1..=100) | None))
}

pub(super) const fn whole_millis(length: Duration) -> Option<&'static str> {
    limit("whole milliseconds, at least 1 ms", is_whole_millis(length))
}

pub(super) const fn share(share: f64) -> Option<&'static str> {
    let holds = share <= 0.9 && to_permille(share).is_some();
    limit("a share from 0 to 0.9 in whole thousandths", holds)
}

/// The limit, if it does not hold.
const fn limit(limit: &'static str, holds: bool) -> Option<&'static str> {
    if holds { None } else { Some(limit) }
}
