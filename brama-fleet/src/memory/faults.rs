//! The faults of a link.

use std::time::Duration;

use crate::draw::Draws;

/// The faults of a link to a store in memory. The default is none.
///
/// Shares are per mille of the announcements; 1000 or more means all of them. Which ones, follows
/// from the `seed` of the faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// Each request fails, and subscriptions end in an error.
    pub down: bool,
    /// How long each announcement is on its way.
    pub delay: Duration,
    /// The share that is lost.
    pub lost: u16,
    /// The share that comes twice.
    pub duplicated: u16,
    /// The share that comes before the one that was announced before it.
    pub reordered: u16,
    /// The seed of the draws.
    pub seed: u64,
}

/// What becomes of one announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Delivery {
    pub(super) copies: u32,
    pub(super) is_early: bool,
}

impl Faults {
    pub(super) fn draw(&self, draws: &mut Draws) -> Delivery {
        let [lost, twice, is_early] =
            [self.lost, self.duplicated, self.reordered].map(|share| draws.happens(share));
        let copies = if lost { 0 } else { 1 + u32::from(twice) };
        Delivery { copies, is_early }
    }
}
