//! Stacked breakers of one function: how the outer one learns of a rejection by the inner one.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether the breaker below has rejected the present call, whatever answer it made of that.
///
/// It belongs to one call, and no thread waits for it, so it orders nothing.
#[derive(Debug, Default)]
pub struct InnerRejection(AtomicBool);

impl InnerRejection {
    /// A note that nothing was rejected yet.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// A note that the future of a call shares with the one around it.
    #[must_use]
    pub fn shared() -> Arc<Self> {
        Arc::default()
    }

    /// Notes the rejection.
    #[cold]
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the call was rejected.
    #[inline]
    pub fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
