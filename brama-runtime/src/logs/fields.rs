//! The fields of lines and spans, in the form in which subscribers may show them.

use std::time::Duration;

use tracing::field::{DisplayValue, display};

use crate::{identity::Identity, text::Escaped};

/// The parts of an identity as fields. They come from outside and are escaped and cut.
pub(crate) struct NameFields<'a> {
    pub(crate) breaker: TextField<'a>,
    pub(crate) scope: Option<TextField<'a>>,
    pub(crate) key: Option<TextField<'a>>,
}

/// A text from outside as a field.
pub(crate) type TextField<'a> = DisplayValue<Escaped<'a>>;

impl<'a> NameFields<'a> {
    pub(crate) fn of(identity: &'a Identity<'_>) -> Self {
        let field = |name| display(Escaped::name(name));
        Self {
            breaker: field(identity.identifier()),
            scope: identity.scope().map(field),
            key: identity.key().map(field),
        }
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
    fn a_share_of_no_calls_is_none() {
        assert_eq!([percent(0, 0), percent(1, 4)], [None, Some(25.0)]);
    }
}
