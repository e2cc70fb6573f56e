//! The fleet as the actor that lays and lifts overlays.

use brama_runtime::api::{Reason, circuit::By};

/// The actor that rejections, statuses and events show.
pub(crate) const FLEET: &str = "fleet";

/// Why the overlay of a decision that is over was lifted.
pub(super) const CLOSED: &str = "the fleet has closed";

/// The fleet, and why it acts.
pub(super) fn by_fleet(why: impl Into<Reason>) -> By {
    By::actor(FLEET, why)
}
