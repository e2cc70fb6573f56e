//! A rejection, as the gate, the circuit or the limit of calls in flight gives it.

use std::{num::NonZeroU64, time::Duration};

use super::{
    flags::{STATE, STATE_BITS},
    in_flight::Saturation,
    word::Word,
};
use crate::circuit::{State, nanos};

/// The opening, the state, the overlay if one rejected the call, and the remaining time. It is two
/// words long, because rejecting has to be fast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rejection {
    /// From the highest bit: the number of the opening; that of the overlay, if one rejected the
    /// call; [`SATURATED`]; the number of the state, in three bits.
    origin: u64,
    /// Nanoseconds; [`UNKNOWN_WAIT`] if it is not known when a call may run. A [`Saturation`] if
    /// the call is rejected because of one.
    retry_after: u64,
}

impl Rejection {
    /// The rejection that the gate gives with `word`.
    pub(super) const fn at_gate(word: Word, opening: u64, retry_after: NonZeroU64) -> Self {
        let origin = opening << NUMBER_SHIFT | word.state_place();
        Self { origin, retry_after: retry_after.get() }
    }

    /// The rejection that the circuit gives under the lock.
    pub(super) fn of_circuit(state: State, opening: u64, retry_after: Option<Duration>) -> Self {
        let origin = opening << NUMBER_SHIFT | state as u64;
        let known = |wait| nanos(wait).min(LONGEST_WAIT);
        Self { origin, retry_after: retry_after.map_or(UNKNOWN_WAIT.get(), known) }
    }

    /// The rejection of a call for which no place among those in flight was free.
    pub(super) const fn saturated(word: Word, opening: u64, saturation: Saturation) -> Self {
        let origin = opening << NUMBER_SHIFT | SATURATED | word.state_place();
        Self { origin, retry_after: saturation.bits() }
    }

    /// The rejection by the overlay of this number, which ends in so many nanoseconds.
    pub(super) fn by_overlay(overlay: u8, opening: u64, left: u64) -> Self {
        let overlay = u64::from(overlay) << NUMBER_SHIFT;
        let origin = opening << OPENING_SHIFT_IF_OVERLAID | overlay | OVERLAID;
        Self { origin, retry_after: left.min(LONGEST_WAIT) }
    }

    pub(super) const fn is_overlaid(self) -> bool {
        self.origin & STATE == OVERLAID
    }

    pub(super) const fn is_saturated(self) -> bool {
        self.origin & SATURATED != 0
    }

    /// What the call saw that found no place; `None` if it was rejected for another reason.
    pub(super) const fn saturation(self) -> Option<Saturation> {
        if self.is_saturated() { Some(Saturation::from_bits(self.retry_after)) } else { None }
    }

    /// The number of the overlay that rejected the call; `None` if none did.
    pub(super) const fn overlay(self) -> Option<u8> {
        let [overlay, ..] = (self.origin >> NUMBER_SHIFT).to_le_bytes();
        if self.is_overlaid() { Some(overlay) } else { None }
    }

    pub(super) const fn number(self) -> u64 {
        let shift = if self.is_overlaid() { OPENING_SHIFT_IF_OVERLAID } else { NUMBER_SHIFT };
        self.origin >> shift
    }

    pub(super) const fn state(self) -> State {
        if self.is_overlaid() { State::Open } else { State::at(self.origin & STATE) }
    }

    pub(super) const fn retry_after(self) -> Option<Duration> {
        if self.is_saturated() || self.retry_after == UNKNOWN_WAIT.get() {
            return None;
        }
        Some(Duration::from_nanos(self.retry_after))
    }
}

/// Longer than any clock runs: 584 years.
pub(super) const UNKNOWN_WAIT: NonZeroU64 = NonZeroU64::MAX;

/// The longest wait that is known.
pub(super) const LONGEST_WAIT: u64 = UNKNOWN_WAIT.get() - 1;

/// In the place of the state: an overlay rejects the call.
const OVERLAID: u64 = STATE;

/// Above the state: too many calls were in flight.
const SATURATED: u64 = 1 << STATE_BITS;

/// The place of the opening's number, or of that of the overlay that rejected the call.
const NUMBER_SHIFT: u32 = STATE_BITS + 1;

/// The place of the opening's number if an overlay rejected the call.
const OPENING_SHIFT_IF_OVERLAID: u32 = NUMBER_SHIFT + u8::BITS;
