//! The five states and the generations that number their beginnings.

use std::fmt;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Policy, Tick};

/// What a circuit does with the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum State {
    /// Calls pass and are judged.
    #[default]
    Closed,
    /// Calls are rejected until the opening's deadline.
    Open,
    /// A few probes pass; their outcomes decide.
    HalfOpen,
    /// Calls are rejected until it is closed by hand.
    #[cfg_attr(feature = "serde", serde(rename = "force_open"))]
    ForcedOpen,
    /// Calls pass and nothing is judged.
    Disabled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Closed, Self::Open, Self::HalfOpen, Self::ForcedOpen, Self::Disabled];

    /// Its number where a gauge shows a state: 0 closed, 1 half-open, 2 open, 3 forced open, 4
    /// disabled. Save for the last, the higher, the fewer calls pass.
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

    /// The state at that place in [`ALL`](Self::ALL); any later one is the last.
    pub(crate) const fn at(place: u64) -> Self {
        match place {
            0 => Self::Closed,
            1 => Self::Open,
            2 => Self::HalfOpen,
            3 => Self::ForcedOpen,
            _ => Self::Disabled,
        }
    }

    /// The name in text, in files and on the wire.
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

    /// The name in a sentence.
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
/// Entering a state, be it the same again, begins the next generation; so does taking their places
/// from probes that were silent too long. A permit carries the
/// generation in which it was given, so an outcome from an earlier one is told from a present one
/// however often the circuit went round in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Generation(u64);

impl Generation {
    /// The generation with that number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number: 0 for the circuit as made, one more at each beginning.
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
