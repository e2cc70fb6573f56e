//! The numbers of rejected calls, by cause.

use std::ops::AddAssign;

#[cfg(feature = "serde")]
use serde::Serialize;

use crate::circuit::State;

/// The numbers of rejected calls since the breaker was created, by cause. Their sum is
/// [`Totals::rejected`](crate::counters::Totals::rejected).
///
/// They never go backwards. A call that is rejected while the circuit leaves a state may count for
/// the next cause. In shadow, the calls that would have been rejected count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Rejections {
    /// The circuit was open.
    pub open: u64,
    /// The circuit was half-open, and all places for probes were taken.
    pub half_open: u64,
    /// The circuit was half-open, and the ramp did not admit the call.
    pub ramp: u64,
    /// The circuit was forced open.
    pub forced: u64,
    /// As many calls as `concurrency_limit` were in flight.
    pub saturated: u64,
    /// An overlay of a fleet rejected the call.
    pub fleet: u64,
}

impl Rejections {
    /// Iterates over the causes: the name that metrics use, such as `open` or `probe_limit`, and
    /// the number of calls. `saturated` and `fleet` are left out while they are zero, since few
    /// breakers have a `concurrency_limit` or an overlay.
    pub fn by_reason(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let Self { open, half_open, ramp, forced, saturated, fleet } = *self;
        let reasons =
            [("open", open), ("probe_limit", half_open), ("ramp", ramp), ("forced", forced)];
        let rare = [("saturated", saturated), ("fleet", fleet)];
        reasons.into_iter().chain(rare.into_iter().filter(|(_, calls)| 0 < *calls))
    }

    /// Adds calls that were rejected in this state.
    pub(crate) const fn add(&mut self, state: State, calls: u64) {
        match state {
            State::Open | State::Closed | State::Disabled => self.open += calls,
            State::HalfOpen => self.half_open += calls,
            State::ForcedOpen => self.forced += calls,
        }
    }

    /// What was counted after `before`; `None` if a number is smaller than it was then.
    pub(super) fn since(self, before: Self) -> Option<Self> {
        Some(Self {
            open: self.open.checked_sub(before.open)?,
            half_open: self.half_open.checked_sub(before.half_open)?,
            ramp: self.ramp.checked_sub(before.ramp)?,
            forced: self.forced.checked_sub(before.forced)?,
            saturated: self.saturated.checked_sub(before.saturated)?,
            fleet: self.fleet.checked_sub(before.fleet)?,
        })
    }
}

impl AddAssign for Rejections {
    fn add_assign(&mut self, other: Self) {
        self.open += other.open;
        self.half_open += other.half_open;
        self.ramp += other.ramp;
        self.forced += other.forced;
        self.saturated += other.saturated;
        self.fleet += other.fleet;
    }
}
