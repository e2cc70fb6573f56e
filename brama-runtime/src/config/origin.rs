//! The origin of a setting: the layer of configuration that it comes from.

use std::{fmt, time::Duration};

#[cfg(feature = "serde")]
use serde::Serialize;

use crate::circuit::SettingName;

/// A layer of configuration, in ascending order: for each setting, the highest layer that contains
/// it wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename_all = "snake_case"))]
pub enum ConfigLayer {
    /// The built-in value, or a value that follows from another setting.
    BuiltIn,
    /// The registry's defaults, from `init` or `reload`.
    Defaults,
    /// The defaults of the breaker's kind, from `init` or `reload`.
    Kind,
    /// The attribute of the decorated function.
    Attribute,
    /// The connection that was passed to `register` for the identifier.
    Register,
    /// The connection that was passed to `register` for the identifier with this key.
    KeyRegister,
    /// The configuration of the identifier, from `init` or `reload`.
    Init,
    /// The configuration of the identifier with this key, from `init` or `reload`.
    KeyInit,
    /// The configuration of the identifier, from `configure` at run time.
    Configure,
    /// The configuration of the identifier with this key, from `configure` at run time.
    KeyConfigure,
}

impl ConfigLayer {
    /// Returns the name in text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "built in",
            Self::Defaults => "defaults",
            Self::Kind => "defaults of the kind",
            Self::Attribute => "attribute",
            Self::Register => "register",
            Self::KeyRegister => "register of the key",
            Self::Init => "init",
            Self::KeyInit => "init of the key",
            Self::Configure => "configure",
            Self::KeyConfigure => "configure of the key",
        }
    }
}

impl fmt::Display for ConfigLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The layer of each setting, in the order of [`SettingName::ALL`].
pub(crate) type Origins = [ConfigLayer; SettingName::ALL.len()];

/// Where the time limit of a call comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TimeoutSource {
    /// From the attribute of the function that is called.
    OfAttribute,
    /// From a layer above; `None` if it is off.
    Configured(Option<Duration>),
}

impl TimeoutSource {
    /// The limit of a call of a function whose attribute has the limit `own`; `None` if it is off.
    pub(crate) const fn over(self, own: Duration) -> Option<Duration> {
        match self {
            Self::OfAttribute => Some(own),
            Self::Configured(limit) => limit,
        }
    }
}
