//! Histograms of the durations of calls.

mod buckets;
mod live;

use std::{array, fmt, iter::zip, ops::AddAssign, time::Duration};

#[cfg(feature = "serde")]
use serde::{Serialize, Serializer, ser::SerializeStruct};

use self::buckets::{BUCKETS, bound_in_nanos, bound_in_seconds, is_power_of_two};
pub(crate) use self::live::{DurationCounters, TimedOutcome};

/// How long the calls of a breaker took, by outcome: a histogram each.
///
/// It counts every call that was admitted while the setting `durations` was on, from its admission
/// to its outcome, late ones included. Calls that ran in shadow, or within a probe, have no
/// duration, and neither do reports without a permit. An abandoned call is counted as a failure if
/// the policy sets `abandoned = "failure"`, and otherwise not at all.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{PolicyPatch, Registry, testing::ManualClock};
/// use std::time::Duration;
///
/// let clock = ManualClock::new();
/// let breaker = Registry::with_clock(clock.clone()).breaker("payment_api");
/// breaker.configure(PolicyPatch::new().durations(true))?;
/// for millis in [10, 20, 400] {
///     let permit = breaker.try_acquire()?;
///     clock.advance(Duration::from_millis(millis));
///     permit.success();
/// }
/// let durations = breaker.status().durations.expect("the setting is on");
/// let successes = durations.successes();
/// assert_eq!(successes.count(), 3);
/// assert_eq!(successes.sum(), Duration::from_millis(430));
/// assert_eq!(successes.recent_max(), Some(Duration::from_millis(400)));
/// let median = successes.quantile(0.5).expect("there are calls").as_millis();
/// assert!((18..=22).contains(&median), "{median} ms");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Durations(Box<ByOutcome>);

#[derive(Clone, PartialEq, Eq, Default)]
struct ByOutcome {
    successes: DurationHistogram,
    failures: DurationHistogram,
    ignored: DurationHistogram,
}

impl ByOutcome {
    const fn each_ref(&self) -> [&DurationHistogram; 3] {
        [&self.successes, &self.failures, &self.ignored]
    }

    const fn each_mut(&mut self) -> [&mut DurationHistogram; 3] {
        [&mut self.successes, &mut self.failures, &mut self.ignored]
    }
}

impl Durations {
    /// Returns the durations of calls that succeeded.
    #[must_use]
    pub const fn successes(&self) -> &DurationHistogram {
        &self.0.successes
    }

    /// Returns the durations of calls that failed.
    #[must_use]
    pub const fn failures(&self) -> &DurationHistogram {
        &self.0.failures
    }

    /// Returns the durations of calls that were ignored.
    #[must_use]
    pub const fn ignored(&self) -> &DurationHistogram {
        &self.0.ignored
    }

    /// Iterates over the outcomes of calls: the name that metrics use, `success`, `failure` or
    /// `ignored`, and the durations.
    pub fn by_outcome(&self) -> impl Iterator<Item = (&'static str, &DurationHistogram)> {
        zip(["success", "failure", "ignored"], self.0.each_ref())
    }

    /// Adds the counts and sums, and not the maxima, which are of the present time.
    pub(crate) fn add_counts(&mut self, other: &Self) {
        for (sum, other) in zip(self.0.each_mut(), other.0.each_ref()) {
            sum.add_counts(other);
        }
    }

    /// Raises the maxima to those of others.
    pub(crate) fn raise_maxima(&mut self, others: &Self) {
        for (longest, other) in zip(self.0.each_mut(), others.0.each_ref()) {
            longest.max = longest.max.max(other.max);
        }
    }

    /// What was counted after `before`, with the present maxima; `None` if a count is smaller than
    /// it was then.
    pub(crate) fn since(&self, before: &Self) -> Option<Self> {
        Some(Self(Box::new(ByOutcome {
            successes: self.0.successes.since(&before.0.successes)?,
            failures: self.0.failures.since(&before.0.failures)?,
            ignored: self.0.ignored.since(&before.0.ignored)?,
        })))
    }
}

impl AddAssign<&Self> for Durations {
    fn add_assign(&mut self, other: &Self) {
        self.add_counts(other);
        self.raise_maxima(other);
    }
}

impl fmt::Debug for Durations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Durations")
            .field("successes", self.successes())
            .field("failures", self.failures())
            .field("ignored", self.ignored())
            .finish()
    }
}

/// A histogram of durations in 98 buckets: four for each power of two from 15 µs to 256 s, one
/// below and one above.
///
/// The counts and the sum never go backwards. While calls are being counted, they may differ by
/// these calls.
#[derive(Clone, PartialEq, Eq)]
pub struct DurationHistogram {
    counts: [u64; BUCKETS],
    /// In nanoseconds.
    sum: u64,
    /// In nanoseconds; zero if there was no call.
    max: u64,
}

impl DurationHistogram {
    /// Returns the number of calls.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Returns the sum of the durations, exact to the nanosecond.
    #[must_use]
    pub const fn sum(&self) -> Duration {
        Duration::from_nanos(self.sum)
    }

    /// Returns the longest duration of the present minute and of the minute before, rounded up to a
    /// microsecond; `None` if no call ended in this time.
    ///
    /// Minutes are counted on the registry's clock. A maximum since the start of the program would
    /// show the first outage for ever. Durations above 12 days read as 12 days.
    #[must_use]
    pub fn recent_max(&self) -> Option<Duration> {
        Some(Duration::from_nanos(self.max)).filter(|max| !max.is_zero())
    }

    /// Estimates a quantile, such as the median with 0.5: the duration that this share of the calls
    /// did not exceed. Returns `None` if there was no call, or if `share` is not within 0 to 1.
    ///
    /// The estimate is the middle of a bucket. From 15 µs to 256 s it is at most 12.5 % away from
    /// the duration of a call. Shorter durations read as 7.6 µs, longer ones as 256 s.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let count = self.count();
        if !(0.0..=1.0).contains(&share) || count == 0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        #[expect(clippy::cast_possible_truncation, reason = "a share of the count")]
        #[expect(clippy::cast_sign_loss, reason = "neither factor is negative")]
        let rank = ((share * count as f64).ceil() as u64).clamp(1, count);
        let mut below = 0;
        let bucket = self.counts.iter().position(|count| {
            below += count;
            rank <= below
        })?;
        Some(middle(bucket))
    }

    /// Iterates over the buckets, shortest durations first: the largest duration that the bucket
    /// holds, and the number of its calls. The last bucket has no bound.
    ///
    /// The numbers are those of each bucket alone. Most are zero.
    pub fn buckets(&self) -> impl Iterator<Item = (Option<Duration>, u64)> {
        let bound = |bucket| bound_in_nanos(bucket).map(Duration::from_nanos);
        self.counts.iter().enumerate().map(move |(bucket, count)| (bound(bucket), *count))
    }

    /// Iterates over the bounds that are powers of two of a second, in seconds from 2⁻¹⁶ to 2⁸,
    /// each with the number of calls that took at most as long.
    pub fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        let mut below = 0;
        self.counts.iter().enumerate().filter_map(move |(bucket, count)| {
            below += count;
            bound_in_seconds(bucket).filter(|_| is_power_of_two(bucket)).map(|bound| (bound, below))
        })
    }

    fn add_counts(&mut self, other: &Self) {
        zip(&mut self.counts, &other.counts).for_each(|(sum, count)| *sum += count);
        self.sum = self.sum.saturating_add(other.sum);
    }

    fn since(&self, before: &Self) -> Option<Self> {
        let sum = self.sum.checked_sub(before.sum)?;
        let mut since = Self { sum, ..self.clone() };
        for (count, before) in zip(&mut since.counts, &before.counts) {
            *count = count.checked_sub(*before)?;
        }
        Some(since)
    }
}

impl Default for DurationHistogram {
    fn default() -> Self {
        Self { counts: array::from_fn(|_| 0), sum: 0, max: 0 }
    }
}

/// Prints the count, the sum, the recent maximum and three quantiles.
impl fmt::Debug for DurationHistogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurationHistogram")
            .field("count", &self.count())
            .field("sum", &self.sum())
            .field("recent_max", &self.recent_max())
            .field("quantiles", &QUANTILES.map(|(_, share)| self.quantile(share)))
            .finish()
    }
}

/// The quantiles that are shown.
const QUANTILES: [(&str, f64); 3] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

/// The middle of a bucket; of the last one, its lower bound.
fn middle(bucket: usize) -> Duration {
    let below = bucket.checked_sub(1).and_then(bound_in_nanos).unwrap_or(0);
    let bound = bound_in_nanos(bucket).unwrap_or(below);
    Duration::from_nanos(below.midpoint(bound))
}

/// In JSON: the count, the sum, the recent maximum and three quantiles, the durations in seconds.
#[cfg(feature = "serde")]
impl Serialize for DurationHistogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = |duration: Option<Duration>| duration.map(|it| it.as_secs_f64());
        let mut form = serializer.serialize_struct("DurationHistogram", 6)?;
        form.serialize_field("count", &self.count())?;
        form.serialize_field("sum", &self.sum().as_secs_f64())?;
        form.serialize_field("recent_max", &seconds(self.recent_max()))?;
        for (name, share) in QUANTILES {
            form.serialize_field(name, &seconds(self.quantile(share)))?;
        }
        form.end()
    }
}

#[cfg(feature = "serde")]
impl Serialize for Durations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut form = serializer.serialize_struct("Durations", 3)?;
        form.serialize_field("successes", self.successes())?;
        form.serialize_field("failures", self.failures())?;
        form.serialize_field("ignored", self.ignored())?;
        form.end()
    }
}
