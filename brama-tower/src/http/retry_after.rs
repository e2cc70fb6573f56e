//! The header `Retry-After`.

use std::time::{Duration, SystemTime};

use http::{
    HeaderMap,
    header::{DATE, RETRY_AFTER},
};

/// Returns for how long the header `Retry-After` asks to wait: seconds, or the time until a date
/// (RFC 9110, section 10.2.3). `None` without the header, if it cannot be read, or for a date that
/// is past.
///
/// A date counts from the header `Date` of the response if there is one, so that the clocks need
/// not agree. No limit is applied: where a breaker gets the time, its `retry_after_cap` is one.
///
/// ```
/// use brama_tower::http::retry_after;
/// use http::Response;
/// use std::time::Duration;
///
/// let busy = Response::builder()
///     .status(503)
///     .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
///     .header("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT")
///     .body(())?;
/// assert_eq!(retry_after(busy.headers()), Some(Duration::from_secs(120)));
/// # Ok::<(), http::Error>(())
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Some(seconds) = whole_number(text) {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let at = date(text)?;
    let now = headers.get(DATE).and_then(|now| date(now.to_str().ok()?));
    at.duration_since(now.unwrap_or_else(present)).ok()
}

/// Reads digits. A number that is too large counts as the largest, so that a cap holds.
pub(super) fn whole_number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "a date of the calendar is compared with it")]
fn present() -> SystemTime {
    SystemTime::now()
}
