//! The namespace of a fleet in a store that others use too.

use std::fmt;

use brama_fleet::{InvalidName, NodeName};

/// The namespace of a fleet: what its keys and its channel begin with.
///
/// It has no default, so that two fleets on one server never share breakers by mistake. Name the
/// environment and the service: `prod.checkout`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Namespace(NodeName);

impl Namespace {
    /// Takes a name of 1 to 64 bytes: letters and digits of ASCII, `-`, `_` and `.`.
    ///
    /// # Errors
    ///
    /// [`InvalidName`] for another text.
    pub fn new(name: &str) -> Result<Self, InvalidName> {
        NodeName::new(name).map(Self)
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// What every key begins with. The braces are the hash tag: all keys are in one slot of a
    /// cluster, so that one script may read and write them.
    pub(crate) fn prefix(&self) -> String {
        format!("brama:v1:{{{}}}:", self.as_str())
    }

    /// The channel of the decisions.
    pub(crate) fn channel(&self) -> String {
        self.prefix() + "events"
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
