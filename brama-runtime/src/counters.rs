//! How often each thing happened to a breaker.

use std::{fmt, iter::Sum, num::NonZeroUsize, ops::AddAssign, sync::atomic::AtomicUsize, thread};

use once_cell::sync::Lazy;
#[cfg(feature = "serde")]
use serde::Serialize;

use crate::{
    circuit::{Abandoned, Policy, Verdict},
    sys::sync::{AtomicU64, OnceBox, Ordering},
};

/// How often each thing happened since the breaker was made. Counters never go backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Totals {
    /// Calls that succeeded.
    pub successes: u64,
    /// Calls that failed, panics among them, and the abandoned where the policy says so.
    pub failures: u64,
    /// Calls that said nothing about the dependency, the abandoned not among them.
    pub ignored: u64,
    /// Calls dropped before they had an outcome, whatever they counted as.
    pub abandoned: u64,
    /// Calls that were refused, or would have been but for shadow.
    pub rejected: u64,
    /// Outcomes of calls admitted in an earlier generation; each is also counted as its counter.
    pub late: u64,
    /// Calls slower than `slow_call_duration` where slowness is judged; likewise.
    pub slow: u64,
}

impl Totals {
    /// A number that moves whenever a call is refused or ends.
    pub(crate) const fn moves(&self) -> u64 {
        let Self { successes, failures, ignored, abandoned, rejected, .. } = *self;
        successes + failures + ignored + abandoned + rejected
    }

    pub(crate) fn count(&mut self, verdict: &Verdict, policy: &Policy) {
        let slow = u64::from(policy.is_slow(verdict.took()));
        match verdict {
            Verdict::Success { .. } => {
                self.successes += 1;
                self.slow += slow;
            }
            Verdict::Failure { .. } => {
                self.failures += 1;
                self.slow += slow;
            }
            Verdict::Ignore => self.ignored += 1,
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

/// What is counted without the lock.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counter {
    Success,
    Ignored,
    Rejected,
}

/// Counters for one breaker: one set while it is quiet, one a thread or so once threads meet.
///
/// A set is a few words, so that ten thousand quiet breakers stay small. Two threads that meet at
/// it are told so ([`Contention::Seen`]); whoever holds the breaker's lock then adds the stripes.
#[derive(Default)]
#[repr(C)]
pub(crate) struct Counters {
    /// Boxed twice: 8 bytes instead of 24 for a breaker without stripes, which most are. Counting
    /// in a stripe follows one more pointer.
    stripes: OnceBox<Box<[Stripe]>>,
    first: Set,
}

/// Whether an addition contention other threads at the same counter.
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

/// A set on cache lines of its own: two lines, for processors fetch them in pairs.
#[derive(Default)]
#[repr(align(128))]
struct Stripe(Set);

impl Counters {
    #[inline]
    pub(crate) fn add(&self, counter: Counter, order: Ordering) -> Contention {
        match self.stripes.get() {
            Some(stripes) => {
                own(stripes).counter(counter).fetch_add(1, order);
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

    pub(crate) fn are_striped(&self) -> bool {
        self.stripes.get().is_some()
    }

    /// Adds the stripes; to be called by the holder of the breaker's lock.
    pub(crate) fn inflate(&self) {
        let stripes = || Box::new((0..stripe_count()).map(|_| Stripe::default()).collect());
        self.stripes.get_or_init(stripes);
    }

    /// The sum, as it is for a reader who waits for nobody.
    pub(crate) fn sum(&self, counter: Counter) -> u64 {
        self.sets().map(|set| set.counter(counter).load(Ordering::Relaxed)).sum()
    }

    /// The sum, read by writing: whoever adds after that has seen what the reader did before.
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

/// The stripe of this thread: no other's, while no more threads than stripes have ever counted.
#[inline]
#[expect(clippy::indexing_slicing, reason = "the length is a power of two, the mask is below it")]
fn own(stripes: &[Stripe]) -> &Set {
    let place = thread_number() & (stripes.len() - 1);
    &stripes[place].0
}

#[inline]
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: usize = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    // A thread that is being torn down shares the first stripe.
    NUMBER.try_with(|number| *number).unwrap_or_default()
}

/// Twice the processors, as a power of two.
fn stripe_count() -> usize {
    static COUNT: Lazy<usize> = Lazy::new(|| {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        processors.saturating_mul(2).next_power_of_two().min(MOST_STRIPES)
    });
    *COUNT
}

/// 16 KiB for a breaker on which many threads meet.
const MOST_STRIPES: usize = 128;
