//! The gate: the one word that a call looks at.
//!
//! The holder of the breaker's lock publishes what the circuit would say; calls read it and go by without
//! the lock, and a success may exchange it for one that ends a run of failures. The gate owns every danger and knows no rule.
//!
//! # Orderings
//!
//! *Promise 1: who sees a word sees the figures that belong to it, or newer ones.* `publish` stores
//! the deadlines, the opening's number and the slow-call limit first and the word with `Release`;
//! so does `disable_fast_path` where it stores, so that its word carries the last publication on; `load` loads with `Acquire`.
//! Weaker, a caller could be refused with an earlier opening's number, or not knowing its own
//! opening. Newer figures do no harm: a deadline of rejection is always an opening's or a probe's,
//! never the end of a bucket, so a caller that comes late to a word is refused as it would be by
//! the next opening; a success that takes a newer bucket's end for its own is the straggler that
//! promise 2 allows.
//!
//! *Promise 2: a window holds at most one success a thread that was between load and count.* A
//! quick success looks at the word, finds it settled, and counts. The lock's holder first publishes
//! the word without_fast_path (`disable_fast_path`), then reads the counters (`successes`), then steps the circuit.
//! Each counter is *read by writing* (a read-modify-write with `Release`) and counted with
//! `Acquire`, so on each counter either the count comes first and the reader has it, or the reader
//! comes first and the counting thread's next load sees the word without_fast_path. It can have looked only
//! once before that: one success a thread. Weaker, the store of the word and the read of the
//! counter could pass each other, and a thread could go on counting successes that the judgement in
//! progress does not see and the next window should not hold. A holder that finds a closed gate
//! without_fast_path need not read the counters again (`is_closed_without_fast_path`): who published it so had
//! read them, and what each thread may have counted since is that one success. It stays unread until the
//! gate has been settled and is without_fast_path again, or until a step that does not judge reads it; before
//! the gate is settled no thread can count a second.
//!
//! *Promise 3: the same for counters that are added later.* Stripes are added under the lock, so a
//! holder either finds them or comes before them; who counts on them then sees the holder's word.
//!
//! *Promise 4: who holds a breaker that was found has one that stays.* A breaker that may be forgotten is
//! found without a lock and held by a count. Who lets it go shows a word by which no call can go
//! (`publish`, `Release`), and then *reads the count by writing*: takes a hold and gives it back, which
//! releases (`Arc`'s drop must), and looks at the count. Who finds it takes a hold, an addition to the
//! same count, and then looks at the word (`load_after_hold`, whose fence acquires). So either the finder's hold
//! comes first, and it is seen: the breaker stays; or it comes second, and the finder sees the word:
//! it looks up again under the registry's lock. Holds that were given back before are no harm: giving
//! back releases, and whoever lets go acquires (`acquire_fence`) before it takes the totals, so those miss
//! nothing. Weaker, a call could be let in by a breaker that is being forgotten, and what it reports
//! would be known to nobody. The edge from the count goes through additions of others too: they are
//! read-modify-writes, so they carry it on.
//!
//! *Promise 5: a success that ends a run of failures comes after one of them, and before the next.*
//! Behind a failure the word may say that one success would settle it. Who has one exchanges that word
//! for a settled one that says so (`end_failures`), and only then counts. Whoever publishes has without_fast_path
//! before, under the same hold of the lock (`StepGuard`), and a word that may be exchanged is without_fast_path by
//! exchange, which answers what was shown: either the success came first, and the circuit is synced that the
//! run has ended; or the holder came first, and there is no such word to exchange until the next
//! publication. A success that saw the gate settled, before the first failure, counts and ends no run. One
//! that looked between two failures may find the same word again: then it comes after the second, and ends
//! the run with it. Both exchanges are `Relaxed`: they publish nothing, and a read-modify-write carries the
//! publication before on to who sees its word.
//!
//! *Generations, not states.* A permit keeps the word under which it was given; an outcome is quick
//! only if the gate shows that very word. A circuit that has evicted round to the same state meanwhile
//! shows another generation.
//!
//! Everything else is `Relaxed`. Counts of rejected and ignored calls decide nothing. A sum that no
//! step follows (`sum`) may miss what another thread is counting: the next step learns it.

use std::time::Duration;

use super::word::{NO_FAST_PATH, Word};
use crate::{
    circuit::Tick,
    counters::{Contention, Counter, Counters},
    sys::sync::{AtomicU64, Ordering, fence},
};

/// The word, what belongs to it, and the counters fields it. What every call reads comes first.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Gate {
    word: AtomicU64,
    counters: Counters,
    rejects_until: AtomicU64,
    fast_path_until: AtomicU64,
    opening: AtomicU64,
    slow_after: AtomicU64,
}

/// What is published fields the word.
#[derive(Debug, Clone, Copy)]
pub(super) struct GateFields {
    /// Until when calls are refused; `None` leaves the last such deadline.
    pub(super) rejects_until: Option<Tick>,
    /// Until when successes are settled: the end of the window's bucket.
    pub(super) fast_path_until: Tick,
    pub(super) opening: u64,
    pub(super) slow_after: Duration,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self {
            word: AtomicU64::new(0),
            rejects_until: AtomicU64::new(0),
            fast_path_until: AtomicU64::new(0),
            opening: AtomicU64::new(0),
            slow_after: AtomicU64::new(0),
            counters: Counters::default(),
        }
    }

    #[inline]
    pub(super) fn load(&self) -> Word {
        Word(self.word.load(Ordering::Acquire))
    }

    /// The word for one who has just taken a hold.
    #[inline]
    pub(super) fn load_after_hold(&self) -> Word {
        fence(Ordering::Acquire);
        self.load()
    }

    /// Sees all that was done by those who have given their holds back.
    pub(super) fn acquire_fence() {
        fence(Ordering::Acquire);
    }

    #[inline]
    pub(super) fn rejects_until(&self) -> Tick {
        Tick::from_nanos(self.rejects_until.load(Ordering::Relaxed))
    }

    #[inline]
    pub(super) fn fast_path_until(&self) -> Tick {
        Tick::from_nanos(self.fast_path_until.load(Ordering::Relaxed))
    }

    pub(super) fn opening(&self) -> u64 {
        self.opening.load(Ordering::Relaxed)
    }

    pub(super) fn slow_after(&self) -> Duration {
        Duration::from_nanos(self.slow_after.load(Ordering::Relaxed))
    }

    /// Whether the gate still shows `word`, and a success may be counted on the shared counter without
    /// reading a clock.
    #[inline]
    pub(super) fn has_shared_fast_path(&self, word: Word) -> bool {
        word.has_shared_fast_path() && self.load() == word
    }

    /// Counts a success on the counter that all threads share.
    #[inline]
    pub(super) fn count_shared_success(&self) -> Contention {
        self.counters.add_shared(Counter::Success, Ordering::Acquire)
    }

    /// Counts a success that its caller found settled.
    #[inline]
    pub(super) fn count_success(&self) -> Contention {
        self.counters.add(Counter::Success, Ordering::Acquire)
    }

    #[inline]
    pub(super) fn count_ignored(&self) -> Contention {
        self.counters.add(Counter::Ignored, Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn count_rejected(&self) -> Contention {
        self.counters.add(Counter::Rejected, Ordering::Relaxed)
    }

    /// Shows in place of `word` that a success has ended the run of failures, which settles the gate;
    /// `false` where `word` shows no such run, or is no longer shown.
    pub(super) fn end_failures(&self, word: Word) -> bool {
        word.is_failing() && {
            let ended = word.with_failures_ended(self.counters.are_striped());
            let (word, next, order) = (word.0, ended.0, Ordering::Relaxed);
            self.word.compare_exchange(word, next, order, order).is_ok()
        }
    }

    /// Sends successes to the lock until the next publication; the word that was shown until now.
    /// Holder of the lock only.
    pub(super) fn disable_fast_path(&self) -> Word {
        let shown = Word(self.word.load(Ordering::Relaxed));
        if shown.is_failing() {
            return Word(self.word.fetch_and(NO_FAST_PATH, Ordering::Relaxed));
        }
        // None else exchanges such a word.
        self.word.store(shown.without_fast_path().0, Ordering::Release);
        shown
    }

    /// The successes counted here. Holder of the lock only, after [`disable_fast_path`](Self::disable_fast_path).
    pub(super) fn successes(&self) -> u64 {
        self.counters.sum_by_writing(Counter::Success, Ordering::Release)
    }

    /// The sum of one kind, for a reader that no step follows.
    pub(super) fn sum(&self, kind: Counter) -> u64 {
        self.counters.sum(kind)
    }

    /// Adds the stripes, which the next publication shows. Holder of the lock only.
    pub(super) fn inflate(&self) {
        self.counters.inflate();
    }

    /// Shows what the circuit says now, in the word that is answered. Holder of the lock only.
    pub(super) fn publish(&self, word: Word, fields: GateFields) -> Word {
        let word = word.with_fast_path_bits(self.counters.are_striped());
        if let Some(until) = fields.rejects_until {
            self.rejects_until.store(until.as_nanos(), Ordering::Relaxed);
        }
        self.fast_path_until.store(fields.fast_path_until.as_nanos(), Ordering::Relaxed);
        let slow_after = u64::try_from(fields.slow_after.as_nanos()).unwrap_or(u64::MAX);
        self.slow_after.store(slow_after, Ordering::Relaxed);
        self.opening.store(fields.opening, Ordering::Relaxed);
        self.word.store(word.0, Ordering::Release);
        word
    }
}
