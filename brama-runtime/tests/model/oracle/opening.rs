//! An opening, the probes after it, and the ramp, as the oracle keeps them.

use std::time::Duration;

use brama_runtime::api::status::{DurationSource, OpenDuration};

use crate::{oracle::policy::Wait, signal::How};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Opening {
    pub(crate) length: OpenDuration,
    /// What the policy gave, or would have given.
    wait: Duration,
    /// The latest moment that a server named.
    pub(crate) named: Option<Duration>,
    pub(crate) by_hand: bool,
}

impl Opening {
    pub(crate) fn by_hand(wait: Wait, trips: u32, duration: Option<Duration>) -> Self {
        let plain = Self { by_hand: true, ..Self::by_policy(wait, trips) };
        match duration {
            Some(duration) => Self { length: length(duration, DurationSource::ByHand), ..plain },
            None => plain,
        }
    }

    /// Lasts as long as the wait or what is left of the hints of the run, whichever is longer.
    pub(crate) fn by_rule(wait: Wait, trips: u32, hinted: Option<Duration>, now: Duration) -> Self {
        let named = hinted.map(|hinted| now + hinted);
        let mut opening = Self { named, ..Self::by_policy(wait, trips) };
        opening.prolong(hinted.unwrap_or_default());
        opening
    }

    /// Lasts exactly as long as the hint of a trip says, if it has one.
    pub(crate) fn tripped(self, exactly: Option<Duration>, now: Duration) -> Self {
        let Some(duration) = exactly else { return self };
        let length = length(duration, DurationSource::RetryAfter);
        Self { length, named: Some(now + duration), ..self }
    }

    /// The opening after inconclusive probes.
    pub(crate) fn again(self) -> Self {
        let duration = self.length.duration.min(self.wait);
        let length = length(duration, DurationSource::Repeated);
        Self { length, wait: duration, named: None, by_hand: false }
    }

    /// Makes the opening as long as `hinted`, if that is longer.
    pub(crate) fn prolong(&mut self, hinted: Duration) -> bool {
        let longer = self.length.duration < hinted;
        if longer {
            self.length = length(hinted, DurationSource::RetryAfter);
        }
        longer
    }

    fn by_policy(wait: Wait, trips: u32) -> Self {
        let source = match wait {
            Wait::Fixed(_) => DurationSource::Fixed,
            Wait::Progressive { .. } => DurationSource::Progressive { trips },
        };
        let wait = wait.after_trips(trips);
        Self { length: length(wait, source), wait, named: None, by_hand: false }
    }
}

const fn length(duration: Duration, source: DurationSource) -> OpenDuration {
    OpenDuration { duration, source, jitter: Duration::ZERO }
}

/// How a probe ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ending {
    Conclusive,
    Inconclusive,
    /// It does not count, not even as inconclusive.
    Void,
}

impl Ending {
    pub(crate) const fn of(how: How) -> Self {
        match how {
            How::Ignore | How::Abandon | How::GiveUp => Self::Inconclusive,
            How::HangUp | How::InnerRejection => Self::Void,
            How::Success
            | How::AlmostSlowSuccess
            | How::SlowSuccess
            | How::Failure
            | How::SlowFailure
            | How::HintedFailure(_)
            | How::Trip(_) => Self::Conclusive,
        }
    }
}

/// Counts the inconclusive probes since the last conclusive one.
pub(crate) fn trailing_inconclusive(endings: &[Ending]) -> u64 {
    let since = endings.iter().rev().take_while(|ending| **ending != Ending::Conclusive);
    since.filter(|ending| **ending == Ending::Inconclusive).count() as u64
}

/// A ramp, and how many calls it has admitted or rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Ramp {
    since: Duration,
    pub(crate) until: Duration,
    pub(crate) calls: u64,
}

impl Ramp {
    pub(crate) fn new(since: Duration, length: Duration) -> Self {
        Self { since, until: since + length, calls: 0 }
    }

    /// The share as a fraction: a tenth and nine tenths of the part of the ramp that has passed.
    fn share(self, now: Duration) -> (u128, u128) {
        let length = self.until.saturating_sub(self.since).as_nanos();
        let passed = now.saturating_sub(self.since).as_nanos().min(length);
        (length + 9 * passed, 10 * length)
    }

    pub(crate) fn permille(self, now: Duration) -> u32 {
        let (part, whole) = self.share(now);
        u32::try_from(part * 1000 / whole).expect("at most 1000")
    }

    pub(crate) fn admits(self, generation: u64, now: Duration) -> bool {
        let (part, whole) = self.share(now);
        let drawn = split_mix(split_mix(0, generation), self.calls) >> 32;
        u128::from(drawn) * whole < part * (1 << 32)
    }
}

/// A step of `SplitMix64`, as its authors print it.
fn split_mix(state: u64, number: u64) -> u64 {
    let mut z = state.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
