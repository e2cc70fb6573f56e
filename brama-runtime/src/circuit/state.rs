//! The five states of a circuit, and the generations that number its stays in them.

use std::fmt;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Policy, Tick};

/// The state of a circuit: what it does with the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum State {
    /// Calls are admitted and judged.
    #[default]
    Closed,
    /// Calls are rejected until the deadline of the opening.
    Open,
    /// A few probes are admitted; their outcomes decide the next state. If the policy has a `ramp`,
    /// a growing share of the calls is admitted afterwards, before the circuit closes.
    HalfOpen,
    /// Calls are rejected until an action by hand.
    ForcedOpen,
    /// Calls are admitted and nothing is judged.
    Disabled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Closed, Self::Open, Self::HalfOpen, Self::ForcedOpen, Self::Disabled];

    /// Returns the number of the state for a gauge.
    ///
    /// 0 is closed, 1 half-open, 2 open, 3 forced open, 4 disabled. From 0 to 3, a higher number
    /// means that fewer calls are admitted.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::State;
    ///
    /// let numbers = [State::Closed, State::HalfOpen, State::Open].map(State::number);
    /// assert_eq!(numbers, [0, 1, 2]);
    /// ```
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::HalfOpen => 1,
            Self::Open => 2,
            Self::ForcedOpen => 3,
            Self::Disabled => 4,
        }
    }

    /// Returns the state at `place` in [`ALL`](Self::ALL), or the last one if `place` is larger.
    pub(crate) const fn at(place: u64) -> Self {
        match place {
            0 => Self::Closed,
            1 => Self::Open,
            2 => Self::HalfOpen,
            3 => Self::ForcedOpen,
            _ => Self::Disabled,
        }
    }

    /// Returns the name in text, in files and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::ForcedOpen => "force_open",
            Self::Disabled => "disabled",
        }
    }

    /// Returns the name in a sentence.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::ForcedOpen => "forced open",
            Self::Disabled => "disabled",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The number of one stay in a state.
///
/// Entering a state begins the next generation, even if the circuit was in that state already. So
/// does taking the places of probes that exceeded `probe_timeout`, and the beginning of a ramp. The
/// end of a ramp begins none: the calls that it admitted go on. A permit carries the generation
/// in which it was issued, so a late outcome is recognized however often the circuit has changed
/// its state since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Generation(pub(super) u64);

impl Generation {
    /// Creates a generation from its number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Returns the number: 0 for a new circuit, then one more for each generation.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    pub(super) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The state, with the data that only this state has.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub(super) enum Phase {
    Closed,
    Open {
        until: Tick,
    },
    HalfOpen(Probes),
    /// Half-open, and a growing share of the calls is admitted until the circuit closes.
    Ramp {
        until: Tick,
    },
    #[cfg_attr(feature = "serde", serde(rename = "force_open"))]
    ForcedOpen,
    Disabled,
}

/// The probes in flight. Packed, so that a [`Phase`] is two words and not three.
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
