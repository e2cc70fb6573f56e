//! What a decorated function's attribute says of its breaker.

use std::panic::Location;

use crate::{circuit::PolicyPatch, connection::ConnectionKind};

/// The kind and the settings of an attribute, and where it stands. Kept in a static of its function.
#[derive(Debug)]
pub struct Attribute {
    kind: Option<&'static str>,
    /// `None` where nothing is cache_key, which is less for the compiler to evaluate.
    policy: Option<PolicyPatch>,
    place: &'static Location<'static>,
}

impl Attribute {
    /// What the attribute says that stands where this is called.
    #[must_use]
    #[track_caller]
    pub const fn new(kind: Option<&'static str>, policy: PolicyPatch) -> Self {
        Self { kind, policy: Some(policy), place: Location::caller() }
    }

    /// The same of one that says nothing of its breaker but the name.
    #[must_use]
    #[track_caller]
    pub const fn plain() -> Self {
        Self { kind: None, policy: None, place: Location::caller() }
    }

    /// Whether it says nothing of its breaker but the name.
    pub(super) fn is_plain(&self) -> bool {
        self.kind.is_none() && *self.policy() == PolicyPatch::new()
    }

    pub(super) fn kind(&self) -> Option<ConnectionKind> {
        self.kind.map(ConnectionKind::named)
    }

    pub(super) const fn policy(&self) -> &PolicyPatch {
        match &self.policy {
            Some(policy) => policy,
            None => const { &PolicyPatch::new() },
        }
    }

    /// File and line.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.place.file(), self.place.line())
    }

    /// Whether it says the same, wherever it stands.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.kind == other.kind && self.policy() == other.policy()
    }
}
