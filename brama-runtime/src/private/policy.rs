//! The policy that an attribute configures, checked at compile time.

use std::time::Duration;

use crate::circuit::{Expiry, Policy, PolicyPatch};

/// The attribute's whole `policy`: a [`PolicyPatch`], or a [`Policy`], which sets every setting.
///
/// For a value of another type, rustc reports that this type has no method, and so names the two
/// types that are accepted.
#[derive(Debug)]
pub struct PolicyOrPatch<T>(pub T);

impl PolicyOrPatch<PolicyPatch> {
    /// Returns the patch, checked. In a constant, a value outside its limits is a compile error.
    ///
    /// # Panics
    ///
    /// If a value is outside its limits; the message names the setting and the limit.
    #[track_caller]
    pub const fn into_patch(self) -> PolicyPatch {
        self.0.checked()
    }
}

impl PolicyOrPatch<Policy> {
    /// Returns a patch that sets every setting. A policy is always within its limits.
    pub const fn into_patch(self) -> PolicyPatch {
        self.0.into_patch()
    }
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
