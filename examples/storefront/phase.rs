//! The phase: what the service is doing.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Works,
    Answers500,
    Hangs,
    Refuses,
    IsBack,
}

impl Phase {
    pub(crate) const ALL: [Self; 5] =
        [Self::Works, Self::Answers500, Self::Hangs, Self::Refuses, Self::IsBack];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Answers500 => "answers 500",
            Self::Hangs => "hangs",
            Self::Refuses => "refuses",
            Self::IsBack => "is back",
        }
    }

    /// The least time that it lasts.
    pub(crate) const fn length(self) -> Duration {
        Duration::from_millis(match self {
            Self::Works => 1_000,
            Self::Answers500 | Self::Refuses | Self::IsBack => 1_500,
            Self::Hangs => 2_000,
        })
    }

    /// What the errors of this phase contain; `None` if the service works.
    pub(crate) const fn complaint(self) -> Option<&'static str> {
        match self {
            Self::Answers500 => Some("HTTP 500"),
            Self::Hangs => Some("timed out"),
            Self::Refuses => Some("refused"),
            Self::Works | Self::IsBack => None,
        }
    }
}
