//! What kind of value each option takes.

/// The kind of value that an option takes.
#[derive(Clone, Copy)]
pub(crate) enum ValueKind {
    Count,
    Threshold,
    Percent,
    WholePercent,
    Duration,
    Expiry,
    Window,
    Abandoned,
    Share,
    Flag,
    Timeout,
    Ramp,
}

impl ValueKind {
    /// What the option takes, in the words of a message.
    pub(super) const fn takes(self) -> &'static str {
        match self {
            Self::Count => "a whole number",
            Self::Threshold => "a whole number or `off`",
            Self::Percent | Self::WholePercent => "a percentage or `off`",
            Self::Duration => "a duration, such as `\"30s\"`",
            Self::Expiry => "a duration, such as `\"30s\"`, or `progressive(\"5s\", \"300s\")`",
            Self::Window => "`calls(100)` or `time(\"10s\")`",
            Self::Abandoned => "`\"ignore\"` or `\"failure\"`",
            Self::Share => "a share, such as `0.1`",
            Self::Flag => "`true` or `false`",
            Self::Timeout | Self::Ramp => "a duration, such as `\"5s\"`, or `off`",
        }
    }
}
