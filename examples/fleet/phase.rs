//! The phase: what is wrong, and with whom.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Works,
    FailsForOne,
    IsMended,
    Fails,
    StillFails,
    IsBack,
    StoreIsGone,
    StoreIsBack,
}

impl Phase {
    pub(crate) const fn headline(self) -> &'static str {
        match self {
            Self::Works => "The service works, and the nodes find each other",
            Self::FailsForOne => "The service fails for node-5 alone",
            Self::IsMended => "It works for node-5 again",
            Self::Fails => "The service fails for all",
            Self::StillFails => "The fleet rejects, and the service still fails",
            Self::IsBack => "The service works again",
            Self::StoreIsGone => "The store is killed",
            Self::StoreIsBack => "The store starts again, with nothing in it",
        }
    }

    /// The least time that it lasts.
    pub(crate) const fn length(self) -> Duration {
        Duration::from_millis(match self {
            // Calls that were in flight when the fleet opened end.
            Self::Fails => 1_000,
            Self::Works | Self::FailsForOne | Self::StoreIsBack => 1_500,
            Self::IsMended | Self::StillFails | Self::IsBack => 0,
            Self::StoreIsGone => 4_000,
        })
    }
}
