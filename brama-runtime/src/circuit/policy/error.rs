//! The errors of a patch that is outside its limits.

use std::fmt;

use crate::circuit::{PolicyPatch, SettingName, Window};

/// A value outside its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSetting {
    name: SettingName,
    value: String,
    limit: &'static str,
}

impl InvalidSetting {
    pub(in crate::circuit) const fn new(
        name: SettingName,
        value: String,
        limit: &'static str,
    ) -> Self {
        Self { name, value, limit }
    }

    /// Returns the name of the setting.
    #[must_use]
    pub const fn name(&self) -> SettingName {
        self.name
    }

    /// Returns the invalid value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns what the value must be.
    #[must_use]
    pub const fn limit(&self) -> &'static str {
        self.limit
    }
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is {}, must be {}", self.name, self.value, self.limit)
    }
}

/// A patch was rejected because values are outside their limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InvalidPolicy {
    patch: PolicyPatch,
    window: Option<Window>,
}

impl InvalidPolicy {
    pub(in crate::circuit) const fn new(patch: PolicyPatch, window: Option<Window>) -> Self {
        Self { patch, window }
    }

    /// Returns the rejected patch.
    pub const fn patch(&self) -> PolicyPatch {
        self.patch
    }

    /// Returns every value outside its limits; at least one.
    #[must_use]
    pub fn mistakes(&self) -> Vec<InvalidSetting> {
        self.patch.mistakes_with(self.window)
    }
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid policy: ")?;
        for (place, mistake) in self.mistakes().iter().enumerate() {
            let separator = if place == 0 { "" } else { "; " };
            write!(f, "{separator}{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidPolicy {}
