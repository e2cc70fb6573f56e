//! The settings in the attribute of a decorated function.

use std::panic::Location;

use crate::{circuit::PolicyPatch, connection::ConnectionKind};

/// The kind, the settings and the location of an attribute. Each decorated function has one in a
/// static.
#[derive(Debug)]
pub struct Attribute {
    kind: Option<&'static str>,
    /// `None` for an attribute without settings: the compiler then has less to evaluate.
    policy: Option<PolicyPatch>,
    place: &'static Location<'static>,
}

impl Attribute {
    /// Creates the description of the attribute at the caller's location.
    #[must_use]
    #[track_caller]
    pub const fn new(kind: Option<&'static str>, policy: PolicyPatch) -> Self {
        Self { kind, policy: Some(policy), place: Location::caller() }
    }

    /// Creates the description of an attribute that only names its breaker.
    #[must_use]
    #[track_caller]
    pub const fn plain() -> Self {
        Self { kind: None, policy: None, place: Location::caller() }
    }

    /// Whether the attribute only names its breaker.
    pub(super) fn is_plain(&self) -> bool {
        self.kind.is_none() && *self.policy() == PolicyPatch::new()
    }

    pub(crate) fn kind(&self) -> Option<ConnectionKind> {
        self.kind.map(ConnectionKind::named)
    }

    pub(crate) const fn policy(&self) -> &PolicyPatch {
        match &self.policy {
            Some(policy) => policy,
            None => const { &PolicyPatch::new() },
        }
    }

    /// The file and the line, as a text.
    pub(super) fn place(&self) -> String {
        let (file, line) = self.location();
        format!("{file}:{line}")
    }

    /// The file and the line.
    pub(crate) const fn location(&self) -> (&'static str, u32) {
        (self.place.file(), self.place.line())
    }

    /// Whether kind and settings are equal. The location does not matter.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.kind == other.kind && self.policy() == other.policy()
    }
}
