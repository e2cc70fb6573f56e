//! The kind of a dependency.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

#[cfg(feature = "serde")]
use serde::Serialize;

use crate::text::Escaped;

/// The kind of a dependency.
///
/// A kind can have defaults of its own (`Config::kind_defaults`), and filters select breakers by
/// kind. Kinds are equal if their names are equal. Cheap to clone.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::ConnectionKind;
///
/// const QUEUE: ConnectionKind = ConnectionKind::named("queue");
/// assert_eq!(QUEUE, ConnectionKind::from(String::from("queue")));
/// assert_ne!(QUEUE, ConnectionKind::HTTP);
/// assert_eq!(QUEUE.to_string(), "queue");
/// ```
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct ConnectionKind(Name);

#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(Serialize), serde(untagged))]
enum Name {
    Static(&'static str),
    Owned(Arc<str>),
}

impl ConnectionKind {
    /// A service that speaks HTTP: `http`.
    pub const HTTP: Self = Self::named("http");

    /// A database: `database`.
    pub const DATABASE: Self = Self::named("database");

    /// A cache: `cache`.
    pub const CACHE: Self = Self::named("cache");

    /// Creates a kind from a constant name. `From<String>` takes a name that is made at run time.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(Name::Static(name))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Name::Static(name) => name,
            Name::Owned(name) => name,
        }
    }
}

impl From<&'static str> for ConnectionKind {
    fn from(name: &'static str) -> Self {
        Self::named(name)
    }
}

impl From<String> for ConnectionKind {
    fn from(name: String) -> Self {
        Self(Name::Owned(name.into()))
    }
}

impl PartialEq for ConnectionKind {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ConnectionKind {}

impl PartialOrd for ConnectionKind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ConnectionKind {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for ConnectionKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// Writes the name on one line, escaped as an [`Identity`](crate::identity::Identity) is, at most
/// 128 bytes.
impl fmt::Display for ConnectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped::name(self.as_str()).fmt(f)
    }
}

impl fmt::Debug for ConnectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConnectionKind").field(&self.as_str()).finish()
    }
}
