//! What users change about a preset.

use std::{num::NonZeroU64, time::Duration};

use brama_runtime::api::Outcome;

/// How a preset differs from its default.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tuning {
    pub(super) rate_limits_fail: bool,
    pub(super) hints: Hints,
}

/// Which hints of servers about the next attempt are honored: none, or up to a longest duration.
///
/// The cap is in milliseconds, so that a future with a preset stays small.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hints(Option<NonZeroU64>);

impl Hints {
    pub(super) fn up_to(cap: Duration) -> Self {
        let millis = u64::try_from(cap.as_millis()).unwrap_or(u64::MAX);
        Self(NonZeroU64::new(millis))
    }

    /// Adds the hint of a response to its failure, if it has one that is honored.
    pub(super) fn add_to(
        self,
        failure: Outcome,
        hint: impl FnOnce() -> Option<Duration>,
    ) -> Outcome {
        let cap = self.0.map(|millis| Duration::from_millis(millis.get()));
        match cap.and_then(|cap| hint().map(|hint| hint.min(cap))) {
            Some(hint) => failure.retry_after(hint),
            None => failure,
        }
    }
}
