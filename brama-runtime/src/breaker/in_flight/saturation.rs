//! What a call sees that finds no place among those in flight.

use crate::circuit::Cause;

/// The calls in flight and their limit, when a call found no place. It is one word, because the
/// rejection keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the call is rejected with it"]
pub(in crate::breaker) struct Saturation(u64);

/// The bits of the limit. The others are the calls.
const LIMIT_BITS: u32 = 32;

impl Saturation {
    /// Neither number has more than 32 bits.
    pub(in crate::breaker) const fn new(calls: u64, limit: u64) -> Self {
        Self(calls << LIMIT_BITS | limit)
    }

    pub(in crate::breaker) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(in crate::breaker) const fn bits(self) -> u64 {
        self.0
    }

    /// The number of calls that held a place.
    pub(in crate::breaker) const fn calls(self) -> u64 {
        self.0 >> LIMIT_BITS
    }

    pub(in crate::breaker) fn limit(self) -> u32 {
        let limit = self.0 & ((1 << LIMIT_BITS) - 1);
        u32::try_from(limit).unwrap_or(u32::MAX)
    }

    /// The evidence of the rejection.
    pub(in crate::breaker) fn cause(self) -> Cause {
        Cause::saturated(self.calls(), self.limit())
    }
}
