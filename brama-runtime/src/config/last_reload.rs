//! What became of the last reload.

use std::{fmt, time::SystemTime};

#[cfg(feature = "serde")]
use serde::Serialize;

use super::{ConfigProblem, Reloaded};
use crate::{calendar::Rfc3339, circuit::Quantity, text::Escaped};

/// The last reload of a registry, successful or not. `init` is not a reload.
///
/// `Display` writes a line: `the reload of a.toml at 2026-02-28T23:59:59.250Z changed 2 settings
/// and 5 breakers`. In JSON (feature `serde`), times are texts as RFC 3339 defines them, in UTC
/// with milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct LastReload {
    /// When it was, on the calendar.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::calendar::serialize"))]
    pub time: SystemTime,
    /// The path of the file or the name of another source, at most 256 bytes; `None` if the program
    /// gave a `Config`.
    pub source: Option<String>,
    /// Why nothing was changed: the first 12 mistakes, each on a line of at most 512 bytes that
    /// begins with its place, if it has one; `None` if the reload was successful.
    pub error: Option<String>,
    /// How many mistakes there are; 0 if the reload was successful.
    pub mistakes: usize,
    /// How many settings differ from the configuration before; 0 after an error.
    pub settings: usize,
    /// How many breakers in use have other settings; 0 after an error.
    pub breakers: usize,
    /// When the last successful reload was, on the calendar; `None` if there was none.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::calendar::serialize_option"))]
    pub last_success: Option<SystemTime>,
}

impl LastReload {
    pub(crate) fn succeeded(time: SystemTime, source: Option<&str>, reloaded: &Reloaded) -> Self {
        let Reloaded { configuration, breakers } = reloaded;
        let (settings, breakers) = (configuration.len(), breakers.len());
        let source = source.map(shown);
        let (error, last_success) = (None, Some(time));
        Self { time, source, error, mistakes: 0, settings, breakers, last_success }
    }

    /// `omitted` counts the mistakes that `problems` does not have.
    pub(crate) fn failed(
        time: SystemTime,
        source: Option<&str>,
        problems: &[ConfigProblem],
        omitted: usize,
    ) -> Self {
        let lines: Vec<_> = problems.iter().take(MOST_LINES).map(ConfigProblem::line).collect();
        let (source, error) = (source.map(shown), Some(lines.join("\n")));
        let mistakes = problems.len().saturating_add(omitted);
        Self { time, source, error, mistakes, settings: 0, breakers: 0, last_success: None }
    }

    /// A failure keeps the time of the last success.
    pub(crate) fn after(self, before: Option<&Self>) -> Self {
        let earlier = before.and_then(|before| before.last_success);
        Self { last_success: self.last_success.or(earlier), ..self }
    }

    /// Returns whether the configuration was applied.
    #[must_use]
    pub const fn is_successful(&self) -> bool {
        self.error.is_none()
    }

    /// The error in short: the first mistake, and how many more there are.
    fn short_error(&self) -> Option<String> {
        let first = self.error.as_deref()?.lines().next().unwrap_or_default();
        Some(match self.mistakes {
            0 | 1 => first.to_owned(),
            count => format!("{first}, and {}", Quantity(count as u64 - 1, "more mistake")),
        })
    }

    /// A warning while the last reload is one that failed.
    pub(crate) fn warning(&self) -> Option<String> {
        (!self.is_successful()).then(|| self.to_string())
    }
}

impl fmt::Display for LastReload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reload ")?;
        self.source.iter().try_for_each(|source| write!(f, "of {source} "))?;
        write!(f, "at {} ", Rfc3339(self.time))?;
        let Self { settings, breakers, .. } = self;
        if let Some(error) = self.short_error() {
            return write!(f, "failed and changed nothing: {error}");
        }
        let settings = Quantity(*settings as u64, "setting");
        write!(f, "changed {settings} and {}", Quantity(*breakers as u64, "breaker"))
    }
}

/// A path or a name from outside.
fn shown(source: &str) -> String {
    Escaped::within(MAX_SOURCE, source).to_string()
}

const MOST_LINES: usize = 12;

/// In bytes, as shown.
const MAX_SOURCE: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_from_outside_is_bounded_and_escaped() {
        let problems = vec![ConfigProblem::of_source(&"a\u{1b}[31m\n  long\n\n"); 100];
        let last = LastReload::failed(SystemTime::UNIX_EPOCH, Some("a\nb"), &problems, 7);
        assert_eq!((last.source.as_deref(), last.mistakes), (Some("a\\nb"), 107));
        let error = last.error.unwrap();
        assert_eq!(error.lines().count(), 12);
        assert!(error.starts_with("a\\u{1b}[31m long\n"), "{error}");
    }

    #[test]
    fn a_failure_keeps_the_time_of_the_last_success() {
        let (first, now) = (SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + DAY);
        let good = LastReload::succeeded(first, None, &Reloaded::default());
        assert_eq!(
            good.to_string(),
            "the reload at 1970-01-01T00:00:00.000Z changed 0 settings and 0 breakers"
        );
        let mistake = ConfigProblem {
            place: Some("a.toml:1:1".to_owned()),
            ..ConfigProblem::of_source(&"bad")
        };
        let bad = |problems: &[_]| LastReload::failed(now, Some("a.toml"), problems, 0);
        let mut problems = vec![mistake];
        let one = bad(&problems).after(Some(&good));
        assert_eq!((one.time, one.last_success), (now, Some(first)));
        let warning = one.warning().unwrap();
        assert_eq!(
            warning,
            "the reload of a.toml at 1970-01-02T00:00:00.000Z failed and changed nothing: \
             a.toml:1:1: bad"
        );
        problems.extend([problems[0].clone(), problems[0].clone()]);
        let three = bad(&problems).warning().unwrap();
        assert_eq!(three, format!("{warning}, and 2 more mistakes"));
    }

    const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);
}
