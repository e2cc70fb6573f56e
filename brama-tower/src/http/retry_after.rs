//! When a server asks for another attempt.

use std::time::{Duration, SystemTime};

use brama_runtime::api::Outcome;
use http::{
    HeaderMap,
    header::{DATE, RETRY_AFTER},
};

/// Which hints of servers are honored: none, or up to a longest duration.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hints(Option<Duration>);

impl Hints {
    pub(super) const fn none() -> Self {
        Self(None)
    }

    pub(super) const fn up_to(cap: Duration) -> Self {
        Self(Some(cap))
    }

    /// Adds the hint of a response to its failure, if it has one that is honored.
    pub(super) fn add_to(
        self,
        failure: Outcome,
        hint: impl FnOnce() -> Option<Duration>,
    ) -> Outcome {
        match self.0.and_then(|cap| hint().map(|hint| hint.min(cap))) {
            Some(hint) => failure.retry_after(hint),
            None => failure,
        }
    }
}

/// Reads `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). A date counts from the
/// `Date` of the response if there is one, so that the clocks need not agree.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let at = date(text)?;
    let now = headers.get(DATE).and_then(|now| date(now.to_str().ok()?));
    at.duration_since(now.unwrap_or_else(present)).ok()
}

#[expect(clippy::disallowed_methods, reason = "a date of the calendar is compared with it")]
fn present() -> SystemTime {
    SystemTime::now()
}

/// Reads `grpc-retry-pushback-ms` (gRFC A6). A negative number asks for no further attempt, and is
/// no time.
pub(super) fn pushback(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-retry-pushback-ms")?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_millis)
}
