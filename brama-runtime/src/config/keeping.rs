//! The terms on which a registry keeps breakers of keys.

use std::{num::NonZeroUsize, time::Duration};

use super::{ConfigMistake, What};
use crate::error::InvalidLength;

/// The bound on keys and the terms of the cleanup.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Keeping {
    pub(crate) max_keys: NonZeroUsize,
    pub(crate) inactive_threshold: Duration,
    /// `None` where no thread is started.
    pub(crate) cleanup_interval: Option<Duration>,
}

impl Keeping {
    pub(super) const BUILT_IN: Self = Self {
        max_keys: NonZeroUsize::MIN.saturating_add(9_999),
        inactive_threshold: Duration::from_secs(24 * 60 * 60),
        cleanup_interval: Some(Duration::from_secs(10)),
    };

    pub(super) fn mistake(&self) -> Option<ConfigMistake> {
        let refused = InvalidLength::check(self.cleanup_interval?).err()?;
        let place = "cleanup_interval".to_owned();
        Some(ConfigMistake { place, what: What::OpenDuration(refused) })
    }
}

impl Default for Keeping {
    fn default() -> Self {
        Self::BUILT_IN
    }
}
