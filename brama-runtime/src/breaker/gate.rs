//! The gate: the atomic word that every call reads first, and what is published with it.
//!
//! The holder of the breaker's lock publishes in it what the circuit would answer. A call reads the
//! word, and passes without the lock if the word allows it. The gate decides every memory ordering
//! of a breaker and knows no rule of the circuit.
//!
//! # Orderings
//!
//! *Promise 1: a thread that sees a word also sees the values published with it, or newer ones.*
//! `publish` stores the deadlines, the numbers of the opening and of the overlay that rejects, and
//! the slow-call limit first, and then the word with `Release`. It stores none of them if no call
//! that sees the word asks for them (`GateFields::are_plain`) and nothing was published before.
//! `disable_fast_path` stores its word with `Release` too, so that it carries the last publication
//! on. `load` loads the word with `Acquire`. With weaker orderings, a caller could be rejected with
//! the number of an earlier opening, or without knowing its own opening.
//!
//! Newer values do no harm. The deadline of a rejection belongs to an opening or a probe and is
//! never the end of a bucket. A caller with an older word is therefore rejected as it would be by
//! the next opening. A success that takes the end of a newer bucket for the end of its own is the
//! stray success that promise 2 allows. The same holds for one that takes the beginning of an
//! opening for the end of its bucket, since both are one field. A rejection that takes the end of a
//! bucket for the beginning of its opening reports a shorter wait, or takes the lock.
//!
//! *Promise 2: a window holds at most one stray success per thread: one that was between its load
//! and its count.* On the fast path, a success loads the word, finds a fast path in it, and counts.
//! The holder of the lock first stores a word without a fast path (`disable_fast_path`), then
//! reads the counters (`successes`), then steps the circuit. The holder *reads by writing*: its
//! read of a counter is a read-modify-write with `Release`. A success is counted with `Acquire`. So
//! on each counter there are two cases. If the count comes first, the holder reads it. If the
//! holder comes first, the next load of the counting thread sees the word without a fast path. The
//! thread can have loaded an older word only once before that, which allows one success per thread.
//! With weaker orderings, the store of the word and the read of the counter could pass each other.
//! A thread could then go on counting successes that the judgement in progress does not see and
//! that the next window should not hold.
//!
//! A holder that finds a closed gate without a fast path need not read the counters again
//! (`is_closed_without_fast_path`). They were read when the fast path was last switched off, and
//! since then each thread can have counted only its one stray success. That success stays unread
//! until the gate has had a fast path and has lost it again, or until a step that does not judge
//! reads it. No thread can count a second one before the gate has a fast path again.
//!
//! *Promise 3: promise 2 also holds for counters that are added later.* Stripes are added under the
//! lock. A holder therefore either finds them or steps before they are added. In the second case, a
//! thread that counts on a stripe sees the holder's word: it found the stripes through their
//! `OnceBox`, whose pointer is stored with `Release` and loaded with `Acquire`. With weaker
//! orderings, a thread could count on a new stripe for as long as it saw the older word.
//!
//! *Promise 4: a breaker obtained from a look-up is not evicted while it is held.* A breaker that
//! may be evicted is found without a lock and held by a reference count. The evicting thread
//! publishes a word that lets no call pass (`publish`, `Release`). Then it *reads the count by
//! writing*: it takes a hold, gives it back, and loads the count. Giving back releases, because the
//! drop of an `Arc` must. The finding thread takes a hold, which is an addition to the same count,
//! and then loads the word (`load_after_hold`, whose fence acquires). So there are two cases. If
//! the finder's hold comes first, the evicting thread sees it, and the breaker stays. If it comes
//! second, the finder sees the word and looks the breaker up again under the registry's lock.
//!
//! Holds that were given back before do no harm. Giving back releases, and the evicting thread
//! acquires (`acquire_fence`) before it takes the totals, so the totals miss nothing. Other threads
//! may add to the count in between: their additions are read-modify-writes and so continue the
//! release sequence. With weaker orderings, a breaker that is being evicted could admit a call, and
//! the call's outcome would be lost.
//!
//! *Promise 5: a success between two failures ends their run, and an opening overlooks no success
//! but a stray one.* Most failures only lengthen the run of a closed circuit and enter its window.
//! To record such a one (`Slot::absorb`), the holder of the lock leaves the word as it is, and
//! reads the counters with plain loads (`sum`). Each success that it reads for the first time
//! counts as later than the previous failure, whose run it ends. So there are three cases. A
//! success that happens before the failure is read: a load returns no value older than one that
//! happens before it. A success that happens after the failure is not read: a load returns no value
//! that is written after it. Any other success is concurrent with the failure, and either order is
//! true. If it is not read now, a later reading finds it, at the latest that of a step, which reads
//! by writing. With a word that has no fast path instead, each failure would take the cache line of
//! the word, and those of all counters, from every thread that succeeds.
//!
//! A failure that may open the circuit, or after which a success may, is not absorbed. Its step
//! switches the fast path off and reads the counters by writing (promise 2), so it judges with
//! every success that was counted before, and all that it overlooks is one stray success per
//! thread.
//!
//! A success that was between its load and its count may end a run that began meanwhile: one per
//! thread, like those in a window. A stray that was counted while the gate had no fast path ends no
//! run (`Locked::sync_counters`). It may still be unread when the fast path returns. Therefore a
//! step that has not read the counters shows no fast path while there is a run of failures
//! (`StepGuard::publish`).
//!
//! *Generations, not states.* A permit keeps the word that admitted its call. An outcome takes the
//! fast path only if the gate shows this word, or another word of its generation. A circuit that
//! has meanwhile come back to the same state shows another generation.
//!
//! Everything else is `Relaxed`. The counts of rejected and ignored calls decide nothing. A sum
//! that no step follows (`sum`) may miss a call that another thread is counting; the next sum or
//! step includes it.

use std::fmt;

use super::{
    published::{GateFields, Published},
    word::Word,
};
use crate::{
    counters::{Contention, Counter, Counters},
    sys::sync::{AtomicU64, OnceBox, Ordering, fence},
};

/// The word, the values published with it, and the counters. The fields that every call reads come
/// first.
#[derive(Default)]
#[repr(C)]
pub struct Gate {
    word: AtomicU64,
    counters: Counters,
    published: OnceBox<Published>,
}

impl Gate {
    #[inline]
    pub(super) fn load(&self) -> Word {
        Word(self.word.load(Ordering::Acquire))
    }

    /// Loads the word for a thread that has just taken a hold (promise 4).
    #[inline]
    pub(super) fn load_after_hold(&self) -> Word {
        fence(Ordering::Acquire);
        self.load()
    }

    /// Makes everything visible that other threads did before they gave their holds back (promise
    /// 4).
    pub(super) fn acquire_fence() {
        fence(Ordering::Acquire);
    }

    /// The values published with the word.
    #[inline]
    pub(super) fn published(&self) -> &Published {
        self.published.get_or_init(Box::default)
    }

    /// Counts a success on the counter that all threads share.
    #[inline]
    pub(super) fn count_shared_success(&self) -> Contention {
        self.counters.add_shared_success(Ordering::Acquire)
    }

    /// Counts a success whose caller has found a fast path.
    #[inline]
    pub(super) fn count_success(&self) -> Contention {
        self.counters.add_success(Ordering::Acquire)
    }

    #[inline]
    pub(super) fn count_ignored(&self) -> Contention {
        self.counters.add(Counter::Ignored, &self.published().ignored, Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn count_rejected(&self, published: &Published) -> Contention {
        self.counters.add(Counter::Rejected, &published.rejected, Ordering::Relaxed)
    }

    /// Sends successes to the lock until the next publication. Returns the word that was shown
    /// until now. Call it only with the lock held.
    pub(super) fn disable_fast_path(&self) -> Word {
        let shown = Word(self.word.load(Ordering::Relaxed));
        self.word.store(shown.without_fast_path().0, Ordering::Release);
        shown
    }

    /// Returns the number of successes counted at the gate. Call it only with the lock held, after
    /// [`disable_fast_path`](Self::disable_fast_path).
    pub(super) fn successes(&self) -> u64 {
        self.counters.successes_by_writing(Ordering::Release)
    }

    /// Adds successes that were counted elsewhere. Call it only with the lock held.
    pub(super) fn add_successes(&self, count: u64) {
        self.counters.add_successes(count);
    }

    /// Returns the sum of one counter, without excluding calls that are being counted.
    pub(super) fn sum(&self, kind: Counter) -> u64 {
        let first = |counter: fn(&Published) -> &AtomicU64| {
            let counter = self.published.get().map(counter);
            counter.map_or(0, |counter| counter.load(Ordering::Relaxed))
        };
        match kind {
            Counter::Success => self.counters.successes(),
            Counter::Ignored => first(|it| &it.ignored) + self.counters.striped(kind),
            Counter::Rejected => first(|it| &it.rejected) + self.counters.striped(kind),
        }
    }

    /// Adds the stripes, which the next publication shows. Call it only with the lock held.
    pub(super) fn inflate(&self) {
        self.counters.inflate();
    }

    /// Publishes `word` and the values that belong to it. Returns the published word, with its
    /// derived bits. Call it only with the lock held.
    pub(super) fn publish(&self, word: Word, fields: GateFields) -> Word {
        let word = word.with_derived_bits(self.counters.are_striped());
        if self.published.get().is_some() || !fields.are_plain(word) {
            self.published().store(fields);
        }
        self.word.store(word.0, Ordering::Release);
        word
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gate").field(&self.load()).finish()
    }
}
