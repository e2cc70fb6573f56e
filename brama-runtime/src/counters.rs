//! The counters of a breaker: the totals of its calls, and how calls are counted without a lock.

use std::{fmt, iter::Sum, num::NonZeroUsize, ops::AddAssign, sync::atomic::AtomicUsize, thread};

use once_cell::sync::Lazy;
#[cfg(feature = "serde")]
use serde::Serialize;

use crate::{
    circuit::{Abandoned, Policy, Verdict},
    sys::sync::{AtomicU64, OnceBox, Ordering},
};

/// The numbers of calls since the breaker was created, by outcome. They never go backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Totals {
    /// Calls that succeeded.
    pub successes: u64,
    /// Calls that failed, including panics. Abandoned calls are included if the policy sets
    /// `abandoned = "failure"`.
    pub failures: u64,
    /// Calls that said nothing about the dependency, without the abandoned ones.
    pub ignored: u64,
    /// Calls dropped before they had an outcome, whether or not they count as failures.
    pub abandoned: u64,
    /// Calls that were rejected, or would have been rejected without `shadow`.
    pub rejected: u64,
    /// Outcomes of calls that were admitted before the present state or ramp began, without
    /// displaced probes. Each is also counted by its outcome.
    pub late: u64,
    /// Calls slower than `slow_call_duration`, if a rule judges slow calls. Each is also counted by
    /// its outcome.
    pub slow: u64,
    /// Calls that were made while a probe of the breaker ran, on its thread or in its task. They
    /// are part of the probe and counted nowhere else.
    pub nested: u64,
}

impl Totals {
    /// Iterates over the outcomes of calls: the name that metrics use, `success`, `failure` or
    /// `ignored`, and the number of calls.
    pub fn by_outcome(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let Self { successes, failures, ignored, .. } = *self;
        [("success", successes), ("failure", failures), ("ignored", ignored)].into_iter()
    }

    /// Returns the number of successes and failures.
    pub(crate) const fn outcomes(&self) -> u64 {
        self.successes + self.failures
    }

    /// What was counted after `before`; `None` if a count is smaller than it was then.
    pub(crate) fn since(self, before: Self) -> Option<Self> {
        Some(Self {
            successes: self.successes.checked_sub(before.successes)?,
            failures: self.failures.checked_sub(before.failures)?,
            ignored: self.ignored.checked_sub(before.ignored)?,
            abandoned: self.abandoned.checked_sub(before.abandoned)?,
            rejected: self.rejected.checked_sub(before.rejected)?,
            late: self.late.checked_sub(before.late)?,
            slow: self.slow.checked_sub(before.slow)?,
            nested: self.nested.checked_sub(before.nested)?,
        })
    }

    /// A number that changes whenever a call is rejected or ends.
    pub(crate) const fn moves(&self) -> u64 {
        let Self { successes, failures, ignored, abandoned, rejected, nested, .. } = *self;
        successes + failures + ignored + abandoned + rejected + nested
    }

    pub(crate) fn count(&mut self, verdict: &Verdict, policy: &Policy) {
        let slow = u64::from(policy.is_slow(verdict.took()));
        match verdict {
            Verdict::Success { .. } => {
                self.successes += 1;
                self.slow += slow;
            }
            Verdict::Failure { .. } | Verdict::Trip { .. } => {
                self.failures += 1;
                self.slow += slow;
            }
            Verdict::Ignore | Verdict::InnerRejection => self.ignored += 1,
            Verdict::Abandoned { .. } => {
                self.abandoned += 1;
                if policy.abandoned() == Abandoned::Failure {
                    self.failures += 1;
                    self.slow += slow;
                }
            }
        }
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.successes += other.successes;
        self.failures += other.failures;
        self.ignored += other.ignored;
        self.abandoned += other.abandoned;
        self.rejected += other.rejected;
        self.late += other.late;
        self.slow += other.slow;
        self.nested += other.nested;
    }
}

impl Sum for Totals {
    fn sum<I: Iterator<Item = Self>>(totals: I) -> Self {
        totals.fold(Self::default(), |mut sum, totals| {
            sum += totals;
            sum
        })
    }
}

/// The outcomes that are counted without the lock.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counter {
    Success,
    Ignored,
    Rejected,
}

/// The counters of one breaker: one set at first, about one per thread once threads contend.
///
/// A set is a few words, so that ten thousand quiet breakers stay small. If an addition contends
/// with another thread, it returns [`Contention::Seen`], and the thread then adds the stripes under
/// the breaker's lock.
#[derive(Default)]
#[repr(C)]
pub(crate) struct Counters {
    /// Boxed twice: 8 bytes instead of 24 for a breaker without stripes, as most are. Counting in a
    /// stripe follows one more pointer.
    stripes: OnceBox<Box<[Stripe]>>,
    first: Set,
}

/// Whether an addition contended with other threads at its counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contention {
    None,
    Seen,
}

#[derive(Default)]
#[repr(C)]
struct Set {
    successes: AtomicU64,
    ignored: AtomicU64,
    rejected: AtomicU64,
}

/// A set on its own cache lines: two of them, because processors fetch lines in pairs.
#[derive(Default)]
#[repr(align(128))]
struct Stripe(Set);

impl Counters {
    #[inline]
    pub(crate) fn add(&self, counter: Counter, order: Ordering) -> Contention {
        match self.stripes.get() {
            Some(stripes) => {
                stripe_of_thread(stripes).counter(counter).fetch_add(1, order);
                Contention::None
            }
            None => self.add_shared(counter, order),
        }
    }

    /// Adds to the counter that all threads share.
    #[inline]
    pub(crate) fn add_shared(&self, counter: Counter, order: Ordering) -> Contention {
        let counter = self.first.counter(counter);
        let seen = counter.load(Ordering::Relaxed);
        let next = seen.wrapping_add(1);
        if counter.compare_exchange(seen, next, order, Ordering::Relaxed).is_ok() {
            return Contention::None;
        }
        counter.fetch_add(1, order);
        Contention::Seen
    }

    /// Adds successes that were counted elsewhere.
    pub(crate) fn add_successes(&self, count: u64) {
        self.first.successes.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn are_striped(&self) -> bool {
        self.stripes.get().is_some()
    }

    /// Adds the stripes. Call it only with the breaker's lock held.
    pub(crate) fn inflate(&self) {
        let stripes = || Box::new((0..stripe_count()).map(|_| Stripe::default()).collect());
        self.stripes.get_or_init(stripes);
    }

    /// Returns the sum without synchronizing with the threads that count.
    pub(crate) fn sum(&self, counter: Counter) -> u64 {
        self.sets().map(|set| set.counter(counter).load(Ordering::Relaxed)).sum()
    }

    /// Returns the sum, read by writing: a thread that adds afterwards has seen what the reader did
    /// before.
    pub(crate) fn sum_by_writing(&self, counter: Counter, order: Ordering) -> u64 {
        self.sets().map(|set| set.counter(counter).fetch_add(0, order)).sum()
    }

    fn sets(&self) -> impl Iterator<Item = &Set> {
        let stripes = self.stripes.get().map_or(&[][..], |stripes| stripes);
        std::iter::once(&self.first).chain(stripes.iter().map(|stripe| &stripe.0))
    }
}

impl Set {
    #[inline]
    const fn counter(&self, counter: Counter) -> &AtomicU64 {
        match counter {
            Counter::Success => &self.successes,
            Counter::Ignored => &self.ignored,
            Counter::Rejected => &self.rejected,
        }
    }
}

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counters")
            .field("successes", &self.sum(Counter::Success))
            .field("ignored", &self.sum(Counter::Ignored))
            .field("rejected", &self.sum(Counter::Rejected))
            .finish()
    }
}

/// Returns the stripe of this thread. No other thread uses it while no more threads than stripes
/// have ever counted.
#[inline]
#[expect(clippy::indexing_slicing, reason = "the length is a power of two, the mask is below it")]
fn stripe_of_thread(stripes: &[Stripe]) -> &Set {
    let index = thread_number() & (stripes.len() - 1);
    &stripes[index].0
}

#[inline]
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: usize = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    // A thread that is shutting down shares the first stripe.
    NUMBER.try_with(|number| *number).unwrap_or_default()
}

/// Twice the number of processors, rounded up to a power of two, and at most [`MOST_STRIPES`].
fn stripe_count() -> usize {
    static COUNT: Lazy<usize> = Lazy::new(|| {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        processors.saturating_mul(2).next_power_of_two().min(MOST_STRIPES)
    });
    *COUNT
}

/// 16 KiB for a breaker at which many threads contend.
const MOST_STRIPES: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_is_torn_down_counts_too() {
        static COUNTERS: Lazy<Counters> = Lazy::new(Counters::default);

        struct Late;

        impl Drop for Late {
            fn drop(&mut self) {
                COUNTERS.add(Counter::Success, Ordering::Relaxed);
            }
        }

        thread_local! {
            static LATE: Late = const { Late };
        }

        COUNTERS.inflate();
        thread::spawn(|| {
            LATE.with(|_| ());
            COUNTERS.add(Counter::Success, Ordering::Relaxed);
        })
        .join()
        .unwrap();
        thread::spawn(|| LATE.with(|_| ())).join().unwrap();
        assert_eq!(COUNTERS.sum(Counter::Success), 3);
    }
}
