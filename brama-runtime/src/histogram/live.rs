//! The histograms that calls count in.

use std::{array, time::Duration};

use super::{
    ByOutcome, DurationHistogram, Durations,
    buckets::{BUCKETS, bucket_of},
};
use crate::{
    circuit::Tick,
    sys::sync::{AtomicU64, OnceBox, Ordering},
};

/// The durations of a breaker's calls, by outcome: 24 bytes, and 808 for each outcome that
/// occurred.
///
/// A call adds to the count of its bucket and to the sum, both `Relaxed`, and takes no lock. There
/// are no stripes, as there are for calls that are not timed: a clock is read twice for each timed
/// call, and at ten thousand keys the stripes would take a hundred megabytes.
#[derive(Default)]
pub(crate) struct DurationCounters {
    successes: OnceBox<LiveHistogram>,
    failures: OnceBox<LiveHistogram>,
    ignored: OnceBox<LiveHistogram>,
}

/// The outcome of a call that is timed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TimedOutcome {
    Success,
    Failure,
    Ignored,
}

impl DurationCounters {
    /// Counts a call that ended at `ended`.
    pub(crate) fn count(&self, outcome: TimedOutcome, took: Duration, ended: Tick) {
        let histogram = match outcome {
            TimedOutcome::Success => &self.successes,
            TimedOutcome::Failure => &self.failures,
            TimedOutcome::Ignored => &self.ignored,
        };
        histogram.get_or_init(Box::default).count(took, ended);
    }

    /// Returns what was counted; `None` if nothing was.
    pub(crate) fn read(&self, now: Tick) -> Option<Durations> {
        let Self { successes, failures, ignored } = self;
        [successes, failures, ignored].into_iter().find_map(OnceBox::get)?;
        let read = |it: &OnceBox<LiveHistogram>| {
            it.get().map_or_else(DurationHistogram::default, |it| it.read(now))
        };
        let (successes, failures) = (read(successes), read(failures));
        Some(Durations(Box::new(ByOutcome { successes, failures, ignored: read(ignored) })))
    }
}

struct LiveHistogram {
    counts: [AtomicU64; BUCKETS],
    /// In nanoseconds: 584 years of calls.
    sum: AtomicU64,
    /// The longest call of an even and of an odd minute: the number of the minute, and below it
    /// [`MAX_BITS`] for the duration in microseconds, rounded up. So a later minute is a larger
    /// number.
    maxima: [AtomicU64; 2],
}

impl Default for LiveHistogram {
    fn default() -> Self {
        let counts = array::from_fn(|_| AtomicU64::new(0));
        Self { counts, sum: AtomicU64::new(0), maxima: array::from_fn(|_| AtomicU64::new(0)) }
    }
}

impl LiveHistogram {
    fn count(&self, took: Duration, ended: Tick) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get(bucket_of(took)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(nanos, Ordering::Relaxed);
        let (minute, micros) = (minute(ended), nanos.div_ceil(1_000).min(LONGEST_MAX));
        let [even, odd] = &self.maxima;
        let cell = if minute.is_multiple_of(2) { even } else { odd };
        let max = minute << MAX_BITS | micros;
        if cell.load(Ordering::Relaxed) < max {
            cell.fetch_max(max, Ordering::Relaxed);
        }
    }

    fn read(&self, now: Tick) -> DurationHistogram {
        let minutes = [minute(now), minute(now).saturating_sub(1)];
        let maxima = self.maxima.iter().map(|cell| cell.load(Ordering::Relaxed));
        let recent = maxima.filter(|max| minutes.contains(&(max >> MAX_BITS)));
        DurationHistogram {
            counts: array::from_fn(|bucket| {
                self.counts.get(bucket).map_or(0, |count| count.load(Ordering::Relaxed))
            }),
            sum: self.sum.load(Ordering::Relaxed),
            max: recent.map(|max| max & LONGEST_MAX).max().unwrap_or(0).saturating_mul(1_000),
        }
    }
}

/// The number of a minute on the registry's clock.
fn minute(at: Tick) -> u64 {
    at.as_nanos() / 60_000_000_000
}

/// 24 bits remain for the minute: 31 years.
const MAX_BITS: u32 = 40;

/// 12 days, in microseconds.
const LONGEST_MAX: u64 = (1 << MAX_BITS) - 1;

#[cfg(all(test, not(brama_loom)))]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000_000_000;

    #[test]
    fn the_maximum_is_that_of_the_present_minute_and_of_the_one_before() {
        let histogram = LiveHistogram::default();
        let (long, short) = (Duration::from_secs(3), Duration::from_millis(7));
        histogram.count(long, Tick::from_nanos(MINUTE));
        histogram.count(short, Tick::from_nanos(3 * MINUTE - 1));
        let max = |minute| histogram.read(Tick::from_nanos(minute * MINUTE)).recent_max();
        assert_eq!([1, 2, 3, 4].map(max), [Some(long), Some(long), Some(short), None]);
    }

    #[test]
    fn an_outcome_takes_808_bytes() {
        assert_eq!(size_of::<LiveHistogram>(), 808);
        assert_eq!(size_of::<DurationCounters>(), 24);
    }
}
