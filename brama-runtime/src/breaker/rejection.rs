//! A rejection, as the gate, the circuit or the limit of calls in flight gives it.

use std::{num::NonZeroU64, time::Duration};

use super::{
    flags::{STATE, STATE_BITS},
    word::Word,
};
use crate::circuit::{State, nanos};

/// The opening, the state and the remaining time. It is two words long, because rejecting has to be
/// fast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rejection {
    /// The opening's number and, in the lowest three bits, the state's number.
    number_and_state: u64,
    /// Nanoseconds; [`UNKNOWN_WAIT`] if it is not known when a call may run.
    retry_after: u64,
}

impl Rejection {
    /// The rejection that the gate gives with `word`.
    pub(super) const fn at_gate(word: Word, opening: u64, retry_after: NonZeroU64) -> Self {
        let number_and_state = opening << STATE_BITS | word.state_place();
        Self { number_and_state, retry_after: retry_after.get() }
    }

    /// The rejection that the circuit gives under the lock.
    pub(super) fn of_circuit(state: State, opening: u64, retry_after: Option<Duration>) -> Self {
        let number_and_state = opening << STATE_BITS | state as u64;
        Self { number_and_state, retry_after: retry_after.map_or(UNKNOWN_WAIT.get(), nanos) }
    }

    /// The rejection of a call for which no place among those in flight was free.
    pub(super) const fn saturated(word: Word, opening: u64) -> Self {
        let number_and_state = opening << STATE_BITS | word.state_place();
        Self { number_and_state, retry_after: SATURATED }
    }

    /// The rejection by an overlay that ends in so many nanoseconds.
    pub(super) const fn by_overlay(opening: u64, left: u64) -> Self {
        Self { number_and_state: opening << STATE_BITS | OVERLAID, retry_after: left }
    }

    pub(super) const fn is_overlaid(self) -> bool {
        self.number_and_state & STATE == OVERLAID
    }

    pub(super) const fn is_saturated(self) -> bool {
        self.retry_after == SATURATED
    }

    pub(super) const fn number(self) -> u64 {
        self.number_and_state >> STATE_BITS
    }

    pub(super) const fn state(self) -> State {
        if self.is_overlaid() { State::Open } else { State::at(self.number_and_state & STATE) }
    }

    pub(super) const fn retry_after(self) -> Option<Duration> {
        if SATURATED <= self.retry_after {
            return None;
        }
        Some(Duration::from_nanos(self.retry_after))
    }
}

/// Longer than any clock runs: 584 years.
pub(super) const UNKNOWN_WAIT: NonZeroU64 = NonZeroU64::MAX;

/// In the place of the state: an overlay rejects the call.
const OVERLAID: u64 = STATE;

/// No wait, but the mark of a rejection by the limit of calls in flight.
const SATURATED: u64 = u64::MAX - 1;
