//! The difference between two policies.

use std::fmt;

#[cfg(feature = "serde")]
use serde::Serialize;

use crate::circuit::{Policy, PolicyPatch, SettingName};

/// A setting whose value has changed.
///
/// `Display` writes `failure_threshold from 3 to 6`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct SettingChange {
    /// The name of the setting.
    pub name: SettingName,
    /// The value before the change, as text, with durations as in configuration: `1m 30s`.
    pub before: String,
    /// The value after the change, as text.
    pub after: String,
}

impl Policy {
    /// Returns the settings that differ in `after`, in the order of [`SettingName::ALL`].
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::Policy;
    ///
    /// let changes = Policy::default().changes_to(&Policy::conservative());
    /// assert_eq!(changes[0].to_string(), "failure_threshold from 10 to 5");
    /// assert_eq!(changes.len(), 3);
    /// ```
    #[must_use]
    pub fn changes_to(&self, after: &Self) -> Vec<SettingChange> {
        if self == after {
            return Vec::new();
        }
        let (before, after) = (PolicyPatch::from(*self), PolicyPatch::from(*after));
        let changed = SettingName::ALL.into_iter().filter(|name| !before.agrees(&after, *name));
        changed
            .map(|name| SettingChange {
                name,
                before: before.display_value(name),
                after: after.display_value(name),
            })
            .collect()
    }
}

impl fmt::Display for SettingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, before, after } = self;
        write!(f, "{name} from {before} to {after}")
    }
}
