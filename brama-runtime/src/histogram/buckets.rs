//! The buckets of a histogram: four for each power of two, in seconds.
//!
//! A bucket holds the durations above the bound before it, up to and including its own bound. The
//! bounds are 2⁻¹⁶ s (15 µs), then 1.25, 1.5, 1.75 and 2 times each power of two, up to 2⁸ s
//! (256 s). The last bucket has no bound.

use std::time::Duration;

/// The number of buckets.
pub(super) const BUCKETS: usize = 2 + PER_OCTAVE * (LAST - FIRST) as usize;

/// Buckets for each power of two.
const PER_OCTAVE: usize = 4;

/// The exponents of the first and of the last bound, in units of 2⁻³⁰ s.
const FIRST: u32 = 14;
const LAST: u32 = 38;

/// A second has 2⁹ · 5⁹ nanoseconds. So a nanosecond is 2²¹ / 5⁹ units of 2⁻³⁰ s.
const NANO_NUMERATOR: u32 = 21;
const NANO_DENOMINATOR: u64 = 5_u64.pow(9);

/// More nanoseconds than the last bound has. Their number of units does not overflow.
const BEYOND_LAST: u64 = 1 << 42;

/// Returns the index of the bucket for a duration.
pub(super) fn bucket_of(took: Duration) -> usize {
    let nanos = u64::try_from(took.as_nanos()).map_or(BEYOND_LAST, |it| it.min(BEYOND_LAST));
    let units = (nanos << NANO_NUMERATOR).div_ceil(NANO_DENOMINATOR);
    // A bound belongs to the bucket below it.
    let Some(exponent) = units.saturating_sub(1).checked_ilog2().filter(|it| FIRST <= *it) else {
        return 0;
    };
    let quarter = (units - 1) >> (exponent - 2) & 3;
    let bucket = 1 + PER_OCTAVE * (exponent - FIRST) as usize + quarter as usize;
    bucket.min(BUCKETS - 1)
}

/// Returns the bound of a bucket in seconds, without rounding; `None` for the last bucket.
pub(super) fn bound_in_seconds(bucket: usize) -> Option<f64> {
    // At most 2³⁸, so that no bit is lost.
    #[expect(clippy::cast_precision_loss, reason = "a bound has three significant bits")]
    bound(bucket).map(|units| units as f64 / f64::from(1 << 30))
}

/// Returns the bound of a bucket, rounded down to nanoseconds; `None` for the last bucket.
pub(super) fn bound_in_nanos(bucket: usize) -> Option<u64> {
    bound(bucket).map(|units| (units * NANO_DENOMINATOR) >> NANO_NUMERATOR)
}

/// Whether the bound of a bucket is a power of two of seconds. The last bucket has none.
pub(super) const fn is_power_of_two(bucket: usize) -> bool {
    bucket.is_multiple_of(PER_OCTAVE) && bucket < BUCKETS - 1
}

/// Returns the bound of a bucket in units of 2⁻³⁰ s; `None` for the last bucket.
fn bound(bucket: usize) -> Option<u64> {
    let above_first = u32::try_from(bucket).ok()?;
    let (octave, quarter) =
        (above_first.div_ceil(4).saturating_sub(1), above_first.wrapping_sub(1) & 3);
    match bucket {
        0 => Some(1 << FIRST),
        _ if bucket < BUCKETS - 1 => Some((5 + u64::from(quarter)) << (FIRST + octave - 2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_own_bucket_and_the_next_nanosecond_to_the_one_above() {
        for bucket in 0..BUCKETS - 1 {
            let nanos = bound_in_nanos(bucket).expect("a bound");
            assert_eq!(bucket_of(Duration::from_nanos(nanos)), bucket, "{nanos} ns");
            assert_eq!(
                bucket_of(Duration::from_nanos(nanos + 1)),
                bucket + 1,
                "{nanos} ns and one"
            );
        }
    }

    #[test]
    fn the_shortest_and_the_longest_durations_have_a_bucket() {
        assert_eq!(bucket_of(Duration::ZERO), 0);
        assert_eq!(bucket_of(Duration::MAX), BUCKETS - 1);
        assert_eq!(bound_in_nanos(BUCKETS - 1), None);
        assert_eq!((bound_in_seconds(0), bound_in_nanos(0)), (Some(1.0 / 65_536.0), Some(15_258)));
    }

    #[test]
    fn a_bucket_is_at_most_a_quarter_wider_than_the_bound_below() {
        let bounds: Vec<_> = (0..BUCKETS).map_while(bound).collect();
        for pair in bounds.windows(2) {
            assert!(pair[0] < pair[1] && pair[1] * 4 <= pair[0] * 5, "{pair:?}");
        }
    }

    #[test]
    fn every_fourth_bound_is_a_power_of_two_of_seconds() {
        let powers: Vec<_> = (0..BUCKETS).filter(|bucket| is_power_of_two(*bucket)).collect();
        let seconds: Vec<_> = powers.iter().filter_map(|it| bound_in_seconds(*it)).collect();
        let expected: Vec<_> = (-16..=8).map(|exponent| 2_f64.powi(exponent)).collect();
        assert_eq!(seconds, expected);
    }
}
