//! The fields of lines and spans, in the form in which subscribers may show them.

use std::{
    borrow::Cow,
    fmt::{self, Write},
    time::Duration,
};

use crate::{identity::Identity, text::Escaped};

/// The parts of an identity as fields. They come from outside and are escaped and cut.
///
/// Fields of outside texts are recorded as strings: a subscriber that formats lines then quotes
/// them, so that no text looks like another field.
pub(crate) struct NameFields<'a> {
    pub(crate) breaker: Cow<'a, str>,
    pub(crate) scope: Option<Cow<'a, str>>,
    pub(crate) key: Option<Cow<'a, str>>,
}

impl<'a> NameFields<'a> {
    pub(crate) fn of(identity: &'a Identity<'_>) -> Self {
        let field = |name| Escaped::name(name).shown();
        Self {
            breaker: field(identity.identifier()),
            scope: identity.scope().map(field),
            key: identity.key().map(field),
        }
    }
}

/// A message with texts from outside. Subscribers write messages without quotes, so a backslash
/// stands before `=` and `"`: otherwise a text could look like a field.
pub(super) struct Message<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for Message<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(MessageWriter(f), "{}", self.0)
    }
}

struct MessageWriter<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Write for MessageWriter<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(['=', '"']) {
            let plain = part.trim_end_matches(['=', '"']);
            self.0.write_str(plain)?;
            for character in part.chars().skip(plain.chars().count()) {
                write!(self.0, "\\{character}")?;
            }
        }
        Ok(())
    }
}

/// A duration in whole milliseconds, as fields have it. Part of one counts as one: a wait that is
/// not over is never shown as 0.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// A share in per cent; `None` without calls.
#[expect(clippy::cast_precision_loss, reason = "a rate for people and graphs")]
pub(super) fn percent(count: u64, calls: u64) -> Option<f64> {
    (0 < calls).then(|| 100.0 * count as f64 / calls as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_is_not_over_is_no_zero() {
        let shown = [0, 1, 1_000_000, 1_000_001].map(|nanos| millis(Duration::from_nanos(nanos)));
        assert_eq!(shown, [0, 1, 1, 2]);
        assert_eq!(millis(Duration::MAX), u64::MAX);
    }

    #[test]
    fn nothing_in_a_message_looks_like_a_field() {
        let message = Message(r#"7 from="closed"="" by=admin"#).to_string();
        assert_eq!(message, r#"7 from\=\"closed\"\=\"\" by\=admin"#);
        assert_eq!(Message("a closed circuit").to_string(), "a closed circuit");
    }

    #[test]
    fn a_share_of_no_calls_is_none() {
        assert_eq!([percent(0, 0), percent(1, 4)], [None, Some(25.0)]);
    }
}
