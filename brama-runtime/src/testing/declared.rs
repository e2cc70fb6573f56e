//! Decorated functions that a test names before their first call.

use super::registry::TestRegistry;
use crate::{breaker::Breaker, identity::Identity, status::Status};

#[cfg(feature = "declared")]
impl TestRegistry {
    /// The breaker for a step. A new one has the settings of the function that declares it.
    pub(super) fn breaker_of_step(&self, identity: &Identity<'_>) -> Breaker {
        self.find(identity).unwrap_or_else(|| self.declared_breaker(identity))
    }

    /// The status of a breaker, or of a function that was not called yet.
    pub(super) fn known_status(&self, identity: &Identity<'_>) -> Option<Status> {
        self.status(identity).or_else(|| self.declared_status(identity))
    }
}

#[cfg(not(feature = "declared"))]
impl TestRegistry {
    /// The breaker for a step. Without the feature, a function is known from its first call on.
    pub(super) fn breaker_of_step(&self, identity: &Identity<'_>) -> Breaker {
        self.breaker(identity)
    }

    /// The status of a breaker.
    pub(super) fn known_status(&self, identity: &Identity<'_>) -> Option<Status> {
        self.status(identity)
    }
}

/// What to do about a function that is unknown before its first call.
pub(super) const HINT: &str = if cfg!(feature = "declared") {
    "; a function with an identifier, a policy or a registry that is an expression is known from its \
     first call on"
} else {
    "; a decorated function is known from its first call on, or before it with the feature \
     `declared`"
};
