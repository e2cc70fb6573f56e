//! The counters of a breaker: the totals of its calls, and how calls are counted without a lock.

mod totals;

use std::{
    cell::Cell,
    fmt,
    num::NonZeroUsize,
    sync::atomic::AtomicUsize,
    thread::{self, LocalKey},
};

use once_cell::sync::Lazy;

pub use self::totals::Totals;
use crate::sys::sync::{AtomicU64, OnceBox, Ordering};

/// The outcomes that are counted without the lock.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counter {
    Success,
    Ignored,
    Rejected,
}

/// The counters of one breaker: at first one of successes, about one of each kind per thread once
/// threads contend.
///
/// A counter is a word, so that ten thousand quiet breakers stay small. If an addition contends
/// with another thread, it returns [`Contention::Seen`], and the thread then adds the stripes under
/// the breaker's lock. The first counters of ignored and rejected calls are in
/// `breaker/published.rs`, since few breakers need them.
#[derive(Default)]
#[repr(C)]
pub(crate) struct Counters {
    /// Boxed twice: 8 bytes instead of 24 for a breaker without stripes, as most are. Counting in a
    /// stripe follows one more pointer.
    stripes: OnceBox<Stripes>,
    successes: AtomicU64,
}

/// Whether an addition contended with other threads at its counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contention {
    None,
    Seen,
}

/// The pointer to the stripes, which each call reads, on cache lines of its own. In one with what a
/// failure writes, a call in a hundred that fails would slow the others down by a third.
#[repr(align(128))]
struct Stripes(Box<[Stripe]>);

/// A counter of each kind on its own cache lines: two of them, because processors fetch lines in
/// pairs.
#[derive(Default)]
#[repr(align(128))]
struct Stripe {
    successes: AtomicU64,
    ignored: AtomicU64,
    rejected: AtomicU64,
}

impl Counters {
    #[inline]
    pub(crate) fn add_success(&self, order: Ordering) -> Contention {
        self.add(Counter::Success, &self.successes, order)
    }

    /// Adds to the counter that all threads share.
    #[inline]
    pub(crate) fn add_shared_success(&self, order: Ordering) -> Contention {
        add_shared(&self.successes, order)
    }

    /// Adds one, to the `first` counter of this kind or to the stripe of this thread.
    #[inline]
    pub(crate) fn add(&self, kind: Counter, first: &AtomicU64, order: Ordering) -> Contention {
        match self.stripes.get() {
            Some(stripes) => {
                stripe_of_thread(&stripes.0).counter(kind).fetch_add(1, order);
                Contention::None
            }
            None => add_shared(first, order),
        }
    }

    /// Adds successes that were counted elsewhere.
    pub(crate) fn add_successes(&self, count: u64) {
        self.successes.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn are_striped(&self) -> bool {
        self.stripes.get().is_some()
    }

    /// Adds the stripes. Call it only with the breaker's lock held.
    pub(crate) fn inflate(&self) {
        let stripes = || (0..stripe_count()).map(|_| Stripe::default()).collect();
        self.stripes.get_or_init(|| Box::new(Stripes(stripes())));
    }

    /// Returns the successes without synchronizing with the threads that count.
    pub(crate) fn successes(&self) -> u64 {
        self.successes.load(Ordering::Relaxed) + self.striped(Counter::Success)
    }

    /// Returns the sum of the stripes without synchronizing with the threads that count.
    pub(crate) fn striped(&self, kind: Counter) -> u64 {
        self.stripes().map(|stripe| stripe.counter(kind).load(Ordering::Relaxed)).sum()
    }

    /// Returns the successes, read by writing: a thread that adds afterwards has seen what the
    /// reader did before.
    pub(crate) fn successes_by_writing(&self, order: Ordering) -> u64 {
        let striped = self.stripes().map(|stripe| stripe.successes.fetch_add(0, order));
        self.successes.fetch_add(0, order) + striped.sum::<u64>()
    }

    fn stripes(&self) -> impl Iterator<Item = &Stripe> {
        self.stripes.get().into_iter().flat_map(|stripes| stripes.0.iter())
    }
}

#[inline]
fn add_shared(counter: &AtomicU64, order: Ordering) -> Contention {
    let seen = counter.load(Ordering::Relaxed);
    let next = seen.wrapping_add(1);
    if counter.compare_exchange(seen, next, order, Ordering::Relaxed).is_ok() {
        return Contention::None;
    }
    counter.fetch_add(1, order);
    Contention::Seen
}

impl Stripe {
    #[inline]
    const fn counter(&self, kind: Counter) -> &AtomicU64 {
        match kind {
            Counter::Success => &self.successes,
            Counter::Ignored => &self.ignored,
            Counter::Rejected => &self.rejected,
        }
    }
}

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counters")
            .field("successes", &self.successes())
            .field("are_striped", &self.are_striped())
            .finish()
    }
}

/// Returns the stripe of this thread. No other thread uses it while no more threads than stripes
/// have ever counted.
#[inline]
#[expect(clippy::indexing_slicing, reason = "the length is a power of two, the mask is below it")]
fn stripe_of_thread(stripes: &[Stripe]) -> &Stripe {
    let index = thread_number() & (stripes.len() - 1);
    &stripes[index]
}

/// A number that no other thread has, from 1 on.
#[inline]
fn thread_number() -> usize {
    thread_local! {
        /// Zero until it is asked for. It needs neither a constructor nor a destructor, so reading
        /// it is one load, also while the thread is shut down.
        static NUMBER: Cell<usize> = const { Cell::new(0) };
    }
    match NUMBER.get() {
        0 => number_thread(&NUMBER),
        number => number,
    }
}

#[cold]
fn number_thread(place: &'static LocalKey<Cell<usize>>) -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    place.set(number);
    number
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
                COUNTERS.add_success(Ordering::Relaxed);
            }
        }

        thread_local! {
            static LATE: Late = const { Late };
        }

        COUNTERS.inflate();
        thread::spawn(|| {
            LATE.with(|_| ());
            COUNTERS.add_success(Ordering::Relaxed);
        })
        .join()
        .unwrap();
        thread::spawn(|| LATE.with(|_| ())).join().unwrap();
        assert_eq!(COUNTERS.successes(), 3);
    }
}
