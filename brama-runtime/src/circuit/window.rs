//! The window: the calls over which rates are judged and failures are counted.

use std::{fmt, time::Duration};

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{
    Tick,
    expiry::is_whole_millis,
    outcome_ring::{CallFlags, OutcomeRing, WindowCounts},
    tick::nanos,
};
use crate::duration::Exact;

/// The calls over which rates are judged and failures are counted.
///
/// Healthy calls are only counted. A window of calls stores each failure and slow call in it,
/// usually in one byte. The memory of a window of time does not depend on its duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window(pub(super) Span);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub(super) enum Span {
    Calls(u32),
    #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::text"))]
    Time(Duration),
}

impl Window {
    /// Creates a window of the last `count` outcomes: at least 1.
    #[must_use]
    pub const fn calls(count: u32) -> Self {
        Self(Span::Calls(count))
    }

    /// Creates a window of the outcomes in the last `duration`.
    ///
    /// A multiple of 10 ms, at least 10 ms. Time is divided into buckets of a tenth of `duration`,
    /// aligned to the origin of the clock. The window is the current bucket and the nine before it.
    #[must_use]
    pub const fn time(duration: Duration) -> Self {
        Self(Span::Time(duration))
    }

    /// Returns the number of calls that the window spans; `None` for a window of time.
    #[must_use]
    pub const fn size(&self) -> Option<u32> {
        match self.0 {
            Span::Calls(count) => Some(count),
            Span::Time(_) => None,
        }
    }

    /// Returns the duration that the window spans; `None` for a window of calls.
    #[must_use]
    pub const fn length(&self) -> Option<Duration> {
        match self.0 {
            Span::Calls(_) => None,
            Span::Time(length) => Some(length),
        }
    }

    pub(super) const fn default_minimum(&self) -> u32 {
        match self.0 {
            Span::Calls(count) if count < DEFAULT_MINIMUM => count,
            Span::Calls(_) | Span::Time(_) => DEFAULT_MINIMUM,
        }
    }

    pub(super) const fn limit_broken(self) -> Option<&'static str> {
        match self.0 {
            Span::Calls(0) => Some("at least 1 call"),
            // Longer ones cannot be counted in nanoseconds.
            Span::Time(length) if nanos(length) == u64::MAX => Some("at most 584 years"),
            Span::Time(length)
                if !is_whole_millis(length) || !nanos(length).is_multiple_of(TEN_MILLIS) =>
            {
                Some("a multiple of 10 ms, at least 10 ms")
            }
            Span::Calls(_) | Span::Time(_) => None,
        }
    }
}

const DEFAULT_MINIMUM: u32 = 100;
const TEN_MILLIS: u64 = 10_000_000;

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Span::Calls(count) => write!(f, "the last {count} calls"),
            Span::Time(length) => write!(f, "the last {}", Exact(length)),
        }
    }
}

/// The outcomes in the effective window. It is empty until an outcome enters.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub(super) enum WindowState {
    #[default]
    Empty,
    Calls(OutcomeRing),
    /// Boxed because it is five times as large as the other variants.
    Time(Box<Buckets>),
}

impl WindowState {
    /// Returns whether it holds outcomes of `window`, so that a gate may count successes itself.
    pub(super) fn fits(&self, window: Window) -> bool {
        match (self, window.0) {
            (Self::Calls(ring), Span::Calls(size)) => ring.size == size,
            (Self::Time(buckets), Span::Time(length)) => buckets.width == width(length),
            (Self::Empty | Self::Calls(_) | Self::Time(_), Span::Calls(_) | Span::Time(_)) => false,
        }
    }

    /// Takes the shape of `window`, then turns to the bucket of `now`.
    ///
    /// A window of another unit starts empty. One of the same unit keeps the outcomes that fit in.
    pub(super) fn turn(&mut self, window: Window, now: Tick) {
        match (&mut *self, window.0) {
            (Self::Calls(ring), Span::Calls(size)) => ring.resize(size),
            (Self::Time(buckets), Span::Time(length)) => {
                buckets.turn(now);
                buckets.resize(width(length), now);
            }
            (Self::Empty | Self::Time(_), Span::Calls(size)) => {
                *self = Self::Calls(OutcomeRing::new(size));
            }
            (Self::Empty | Self::Calls(_), Span::Time(length)) => {
                *self = Self::Time(Box::new(Buckets::new(width(length), now)));
            }
        }
    }

    /// Returns whether `window` is of another unit, calls or time, than the outcomes.
    pub(super) const fn is_of_another_unit(&self, window: Window) -> bool {
        matches!(
            (self, window.0),
            (Self::Calls(_), Span::Time(_)) | (Self::Time(_), Span::Calls(_))
        )
    }

    pub(super) fn push(&mut self, flags: CallFlags) {
        match self {
            Self::Empty => {}
            Self::Calls(ring) => ring.push(flags),
            Self::Time(buckets) => buckets.push(flags),
        }
    }

    /// Adds quick successes that a gate has counted.
    pub(super) fn push_successes(&mut self, count: u64) {
        match self {
            Self::Empty => {}
            Self::Calls(ring) => ring.advance(count),
            Self::Time(buckets) => buckets.current().calls += count,
        }
    }

    /// Returns the counts at `now`, without turning to its bucket.
    pub(super) fn counts(&self, now: Tick) -> WindowCounts {
        match self {
            Self::Empty => WindowCounts::default(),
            Self::Calls(ring) => ring.counts(),
            Self::Time(buckets) => buckets.counts(now),
        }
    }

    /// Returns until when the counts stay unchanged if nothing is reported.
    pub(super) fn steady_until(&self) -> Tick {
        match self {
            Self::Empty | Self::Calls(_) => Tick::NEVER,
            Self::Time(buckets) => buckets.end(),
        }
    }
}

/// The outcomes of a window of time: the current bucket and the nine before it.
#[derive(Debug, Clone)]
pub(super) struct Buckets {
    pub(super) width: u64,
    pub(super) number: u64,
    pub(super) ring: [WindowCounts; BUCKETS],
}

pub(super) const BUCKETS: usize = 10;

impl Buckets {
    const fn new(width: u64, now: Tick) -> Self {
        let empty = WindowCounts { calls: 0, failures: 0, slow: 0 };
        Self { width, number: now.as_nanos() / width, ring: [empty; BUCKETS] }
    }

    /// Empties the buckets whose time is over. Does nothing if the clock steps back.
    fn turn(&mut self, now: Tick) {
        let number = (now.as_nanos() / self.width).max(self.number);
        let passed = number - self.number;
        for skipped in 0..passed.min(BUCKETS as u64) {
            *self.at(number - skipped) = WindowCounts::default();
        }
        self.number = number;
    }

    /// Takes another width, after [`turn`](Self::turn) to `now`.
    ///
    /// The time of an outcome within its bucket is not known. The outcome counts as reported at the
    /// end of the bucket, or now if that is earlier: no outcome that fits is lost, and an outcome
    /// stays too long by at most the width of its old bucket.
    fn resize(&mut self, width: u64, now: Tick) {
        if self.width == width {
            return;
        }
        let now = now.as_nanos().max(self.number.saturating_mul(self.width));
        let mut resized = Self::new(width, Tick::from_nanos(now));
        for number in self.number.saturating_sub(BUCKETS as u64 - 1)..=self.number {
            let end = number.saturating_add(1).saturating_mul(self.width).saturating_sub(1);
            let place = end.min(now) / width;
            if resized.number < place.saturating_add(BUCKETS as u64) {
                let bucket = resized.at(place);
                *bucket = bucket.plus(self.bucket(number));
            }
        }
        *self = resized;
    }

    fn push(&mut self, flags: CallFlags) {
        let bucket = self.current();
        bucket.calls += 1;
        bucket.failures += u64::from(flags.failed);
        bucket.slow += u64::from(flags.slow);
    }

    fn current(&mut self) -> &mut WindowCounts {
        self.at(self.number)
    }

    #[expect(clippy::indexing_slicing, reason = "a place is below the ring's length")]
    const fn at(&mut self, number: u64) -> &mut WindowCounts {
        &mut self.ring[place(number)]
    }

    #[expect(clippy::indexing_slicing, reason = "a place is below the ring's length")]
    const fn bucket(&self, number: u64) -> WindowCounts {
        self.ring[place(number)]
    }

    fn counts(&self, now: Tick) -> WindowCounts {
        let newest = self.number.max(now.as_nanos() / self.width);
        let oldest = newest.saturating_sub(BUCKETS as u64 - 1);
        let held = oldest.max(self.number.saturating_sub(BUCKETS as u64 - 1))..=self.number;
        held.map(|number| self.bucket(number)).fold(WindowCounts::default(), WindowCounts::plus)
    }

    const fn end(&self) -> Tick {
        Tick::from_nanos(self.number.saturating_add(1).saturating_mul(self.width))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder of 10 fits")]
pub(super) const fn place(number: u64) -> usize {
    (number % BUCKETS as u64) as usize
}

const fn width(length: Duration) -> u64 {
    nanos(length) / BUCKETS as u64
}
