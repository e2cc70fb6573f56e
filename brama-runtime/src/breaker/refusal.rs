//! A refusal: what the gate or the circuit says to a call that may not run now.

use std::{num::NonZeroU64, time::Duration};

use super::word::{STATE_BITS, Word};
use crate::circuit::{State, nanos};

/// Which opening refused, in which state, and for how long: two words, for refusing must be quick.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal {
    /// The opening's number and, in the lowest three bits, the state's.
    number_and_state: u64,
    /// Nanoseconds; [`NOBODY_KNOWS`] where only an action helps.
    retry_after: u64,
}

impl Refusal {
    /// What the gate says whose word that is.
    pub(super) const fn at_gate(word: Word, opening: u64, retry_after: NonZeroU64) -> Self {
        let number_and_state = opening << STATE_BITS | word.state_number();
        Self { number_and_state, retry_after: retry_after.get() }
    }

    /// What the circuit says.
    pub(super) fn of_circuit(state: State, opening: u64, retry_after: Option<Duration>) -> Self {
        let number_and_state = opening << STATE_BITS | state as u64;
        Self { number_and_state, retry_after: retry_after.map_or(NOBODY_KNOWS.get(), nanos) }
    }

    pub(super) const fn number(self) -> u64 {
        self.number_and_state >> STATE_BITS
    }

    pub(super) const fn state(self) -> State {
        State::at(self.number_and_state & ((1 << STATE_BITS) - 1))
    }

    pub(super) const fn retry_after(self) -> Option<Duration> {
        if self.retry_after == NOBODY_KNOWS.get() {
            return None;
        }
        Some(Duration::from_nanos(self.retry_after))
    }
}

/// So long that no clock comes to its end.
pub(super) const NOBODY_KNOWS: NonZeroU64 = NonZeroU64::MAX;
