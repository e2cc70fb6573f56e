//! The time of a call that was stopped, which its entry keeps in place of the start.
//!
//! How long the call took is exact. A probe that is abandoned later has been held for longer, which
//! decides whether it is inconclusive: it is if it was held for 1 s. A call that was stopped after
//! 1 s was. One that was stopped sooner also keeps its start, to a hundredth of a second.

use std::time::Duration;

use crate::circuit::Tick;

/// How long the call took, and when it began if that was short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StoppedTime(u64);

/// The call took long: the other bits are its duration in nanoseconds.
const LONG: u64 = 1 << 63;

/// The duration of a call that did not: a little more than 1 s in nanoseconds.
const TOOK_BITS: u32 = 30;
const TOOK: u64 = (1 << TOOK_BITS) - 1;

/// Its start, in units of 4.2 ms. They wrap around after more than a year.
const UNIT_BITS: u32 = 22;
const UNITS: u64 = (1 << (63 - TOOK_BITS)) - 1;

impl StoppedTime {
    pub(super) fn new(started: Tick, took: Duration) -> Self {
        let took = Tick::ORIGIN.after(took).as_nanos();
        if took <= TOOK { Self(units(started) << TOOK_BITS | took) } else { Self(LONG | took) }
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    const fn is_long(self) -> bool {
        self.0 & LONG != 0
    }

    /// How long the call took until its time was stopped.
    pub(super) const fn took(self) -> Duration {
        let bits = if self.is_long() { !LONG } else { TOOK };
        Duration::from_nanos(self.0 & bits)
    }

    /// How long the call has been held; how long it took, if that was long.
    pub(super) fn held(self, now: Tick) -> Duration {
        if self.is_long() {
            return self.took();
        }
        let units = units(now).wrapping_sub(self.0 >> TOOK_BITS) & UNITS;
        // More than half of a round is a clock that has stepped back.
        let units = if units <= UNITS / 2 { units + 1 } else { 0 };
        Duration::from_nanos(units << UNIT_BITS).max(self.took())
    }
}

const fn units(tick: Tick) -> u64 {
    tick.as_nanos() >> UNIT_BITS & UNITS
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);

    #[test]
    fn the_duration_of_a_stopped_call_is_exact() {
        for nanos in [0, 1, 999_999_999, TOOK, TOOK + 1, 1 << 62] {
            let took = Duration::from_nanos(nanos);
            let stopped = StoppedTime::new(Tick::from_nanos(u64::MAX / 3), took);
            assert_eq!(StoppedTime::from_bits(stopped.bits()).took(), took);
        }
    }

    #[test]
    fn the_time_that_a_stopped_call_was_held_is_close() {
        for began in (1..9).map(|years| Tick::ORIGIN.after(YEAR * years)) {
            let stopped = StoppedTime::new(began, Duration::from_millis(3));
            for held in [0, 10, 900, 1000, 1001, 3_600_000].map(Duration::from_millis) {
                let found = stopped.held(began.after(held));
                assert!(held <= found && found < held + Duration::from_millis(9), "{found:?}");
            }
            assert_eq!(stopped.held(began.before(YEAR / 4)), Duration::from_millis(3));
        }
    }

    #[test]
    fn a_call_that_was_stopped_late_has_been_held_for_a_second() {
        let stopped = StoppedTime::new(Tick::ORIGIN, Duration::from_secs(2));
        assert_eq!(stopped.held(Tick::ORIGIN), Duration::from_secs(2));
    }
}
