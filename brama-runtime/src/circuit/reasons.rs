//! How much of the reason of a failure is recorded.

use std::fmt;

use super::{Cause, Circuit, Reason, Verdict};

/// How the reasons of failures are recorded: the setting `reasons` of a registry.
///
/// Texts of errors can contain secrets of the call that failed, such as a token in a URL. Recorded
/// reasons appear in the error that other callers get while the circuit is open, in events and in
/// statuses. brama's own texts, such as `panic` and `abandoned`, are always recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Reasons {
    /// As its text. The default.
    #[default]
    Text,
    /// As the name of the error's type.
    ///
    /// A text that does not come from an error, such as the argument of `failure`, is recorded if
    /// it is a constant of the program. A text that was made at run time is recorded as
    /// `text not recorded`.
    Type,
    /// Not at all: each reads `not recorded`.
    None,
}

impl Reasons {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Text, Self::Type, Self::None];

    /// Returns the name in configuration: `text`, `type` or `none`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Type => "type",
            Self::None => "none",
        }
    }

    /// Returns the choice at `place` in [`ALL`](Self::ALL), or the last one if `place` is larger.
    pub(crate) const fn at(place: u8) -> Self {
        match place {
            0 => Self::Text,
            1 => Self::Type,
            _ => Self::None,
        }
    }
}

impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Reason {
    /// Marks a text of brama itself, which holds no secret and is always recorded.
    pub(crate) fn fixed(self) -> Self {
        self.with_type_name(|| FIXED)
    }

    /// Returns what is recorded of this reason.
    fn recorded_as(self, reasons: Reasons) -> Self {
        match (reasons, self.type_name()) {
            (Reasons::Text, _) | (_, Some(FIXED)) => self,
            (Reasons::Type, Some(name)) => Self::new(name),
            (Reasons::Type, None) if self.is_constant() => self,
            (Reasons::Type, None) => Self::new("text not recorded"),
            (Reasons::None, _) => Self::new("not recorded"),
        }
    }
}

/// Stands for the type of a text that is brama's own. No type has this name.
const FIXED: &str = "";

impl Verdict {
    /// Returns the verdict with what is recorded of its reason.
    #[inline]
    pub(crate) fn recorded_as(self, reasons: Reasons) -> Self {
        match reasons {
            Reasons::Text => self,
            Reasons::Type | Reasons::None => self.with_less_reason(reasons),
        }
    }

    #[cold]
    fn with_less_reason(self, reasons: Reasons) -> Self {
        match self {
            Self::Failure { reason, retry_after, took } => {
                Self::Failure { reason: reason.recorded_as(reasons), retry_after, took }
            }
            Self::Trip { reason, retry_after, took } => {
                Self::Trip { reason: reason.recorded_as(reasons), retry_after, took }
            }
            Self::Success { .. } | Self::Ignore | Self::InnerRejection | Self::Abandoned { .. } => {
                self
            }
        }
    }
}

impl Circuit {
    /// Replaces the reasons of past failures by what is recorded of them from now on.
    pub(crate) fn redact(&mut self, reasons: Reasons) {
        if let Some(history) = &mut self.history {
            history.reasons.replace(|reason| reason.recorded_as(reasons));
        }
    }
}

impl Cause {
    /// Returns the cause with what is recorded of its reasons from now on.
    pub(crate) fn redacted(&self, reasons: Reasons) -> Self {
        let recorded = self.reasons.iter().map(|reason| reason.clone().recorded_as(reasons));
        Self { reasons: recorded.collect(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(reason: &Reason) -> [String; 3] {
        Reasons::ALL.map(|reasons| reason.clone().recorded_as(reasons).to_string())
    }

    #[test]
    fn an_error_is_recorded_by_its_text_its_type_or_not_at_all() {
        let error = "x".parse::<u8>().unwrap_err();
        assert_eq!(
            recorded(&Reason::of(&error).with_type_of(&error)),
            ["invalid digit found in string", "core::num::error::ParseIntError", "not recorded"]
        );
    }

    #[test]
    fn a_text_without_a_type_is_recorded_if_it_is_constant() {
        assert_eq!(recorded(&"refused".into()), ["refused", "refused", "not recorded"]);
        let made = Reason::from(format!("token {}", 7));
        assert_eq!(recorded(&made), ["token 7", "text not recorded", "not recorded"]);
    }

    #[test]
    fn a_text_of_brama_itself_is_always_recorded() {
        let made = Reason::from(format!("no answer within {} s", 5)).fixed();
        assert_eq!(recorded(&made), ["no answer within 5 s"; 3]);
    }
}
