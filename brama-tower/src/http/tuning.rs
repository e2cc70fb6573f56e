//! What users change about a preset.

use std::time::Duration;

use brama_runtime::api::Outcome;

/// How a preset differs from its default: whether rate limits are failures, and up to which
/// duration hints of servers about the next attempt are honored.
///
/// One number holds both, since each future of a call has a copy: the milliseconds of the longest
/// hint, or 0 if hints are ignored, and one bit for the rate limits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tuning(u64);

const RATE_LIMITS_FAIL: u64 = 1 << 63;

impl Tuning {
    pub(super) const fn with_rate_limits(self) -> Self {
        Self(self.0 | RATE_LIMITS_FAIL)
    }

    pub(super) fn with_hints(self, cap: Duration) -> Self {
        let millis = u64::try_from(cap.as_millis()).unwrap_or(u64::MAX);
        Self(self.0 & RATE_LIMITS_FAIL | millis.min(!RATE_LIMITS_FAIL))
    }

    pub(super) const fn rate_limits_fail(self) -> bool {
        self.0 & RATE_LIMITS_FAIL != 0
    }

    /// Adds the hint of a response to its failure, if it has one that is honored.
    pub(super) fn add_hint(
        self,
        failure: Outcome,
        hint: impl FnOnce() -> Option<Duration>,
    ) -> Outcome {
        let cap = Duration::from_millis(self.0 & !RATE_LIMITS_FAIL);
        match (!cap.is_zero()).then(hint).flatten() {
            Some(hint) => failure.retry_after(hint.min(cap)),
            None => failure,
        }
    }
}
