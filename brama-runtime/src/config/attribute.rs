//! The settings in the attribute of a decorated function.

use std::panic::Location;

use crate::{
    circuit::{PolicyPatch, SettingName},
    connection::ConnectionKind,
};

/// The kind, the settings and the location of an attribute. Each decorated function has one in a
/// static.
#[derive(Debug)]
pub struct Attribute {
    kind: Option<&'static str>,
    /// `None` for an attribute without settings: the compiler then has less to evaluate.
    policy: Option<PolicyPatch>,
    is_timed: bool,
    place: &'static Location<'static>,
}

impl Attribute {
    /// Creates the description of the attribute at the caller's location.
    #[must_use]
    #[track_caller]
    pub const fn new(kind: Option<&'static str>, policy: PolicyPatch) -> Self {
        Self { kind, policy: Some(policy), is_timed: false, place: Location::caller() }
    }

    /// Creates the description of an attribute that only names its breaker.
    #[must_use]
    #[track_caller]
    pub const fn plain() -> Self {
        Self { kind: None, policy: None, is_timed: false, place: Location::caller() }
    }

    /// Adds that the attribute has a `timeout`, so that a limit from another layer can act.
    #[must_use]
    pub const fn timed(mut self) -> Self {
        self.is_timed = true;
        self
    }

    /// Whether the attribute has a `timeout`.
    pub(crate) const fn is_timed(&self) -> bool {
        self.is_timed
    }

    /// Whether the attribute only names its breaker.
    pub(super) fn is_plain(&self) -> bool {
        self.kind.is_none() && !self.is_timed && *self.policy() == PolicyPatch::new()
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

    /// Whether kind and settings are equal. The location does not matter, nor the `timeout`, which
    /// each function applies to its own calls.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        let shared = |attribute: &Self| attribute.policy().without(SettingName::Timeout);
        std::ptr::eq(self, other) || self.kind == other.kind && shared(self) == shared(other)
    }
}
