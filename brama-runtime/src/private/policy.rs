//! The policy that an attribute configures, checked at compile time.

use std::time::Duration;

use crate::circuit::{Expiry, PolicyPatch};

/// Checks the attribute's policy. In a constant, a value outside its limits is a compile error.
///
/// # Panics
///
/// If a value is outside its limits; the message names the setting and the limit.
#[track_caller]
pub const fn checked(policy: PolicyPatch) -> PolicyPatch {
    policy.checked()
}

/// The attribute's `expiry` if it is a constant: an [`Expiry`], or a [`Duration`] for a fixed one.
///
/// For a constant of another type, rustc reports that this type has no method, and so names the two
/// types that are accepted.
#[derive(Debug)]
pub struct ExpiryOrDuration<T>(pub T);

impl ExpiryOrDuration<Expiry> {
    /// Returns the constant.
    #[must_use]
    pub const fn into_expiry(self) -> Expiry {
        self.0
    }
}

impl ExpiryOrDuration<Duration> {
    /// Returns an expiry that is always this long.
    #[must_use]
    pub const fn into_expiry(self) -> Expiry {
        Expiry::fixed(self.0)
    }
}
