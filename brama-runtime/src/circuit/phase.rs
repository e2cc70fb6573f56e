//! The phase of a circuit: its state, with what only that state has.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Policy, Tick};

/// The state, and what belongs to it alone.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub(super) enum Phase {
    Closed,
    Open {
        until: Tick,
    },
    HalfOpen(Probes),
    #[cfg_attr(feature = "serde", serde(rename = "force_open"))]
    ForcedOpen,
    Disabled,
}

/// Packed, so that a phase is two words and not three.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(deny_unknown_fields))]
#[repr(C, packed(4))]
pub(super) struct Probes {
    pub(super) in_flight: u32,
    pub(super) newest: Tick,
}

impl Probes {
    pub(super) const NONE: Self = Self { in_flight: 0, newest: Tick::ORIGIN };

    pub(super) const fn has_place(self, policy: &Policy) -> bool {
        self.in_flight < policy.half_open_limit
    }

    pub(super) const fn lose_places_at(self, policy: &Policy) -> Tick {
        self.newest.after(policy.probe_timeout)
    }
}
