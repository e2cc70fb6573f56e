//! The turnstile: a second, narrower gate in front of the breaker of a key.
//!
//! A call of one breaker among ten thousand waits for memory once per cache line. A turnstile is
//! one line that holds all that a successful call of a closed breaker needs: the key, the word of
//! the gate, the calls in flight and the successes. Every other call goes to the slot.
//!
//! A turnstile is never freed, so a call finds it without counting a reference. Once its breaker is
//! evicted, another key of the same identifier uses it. Only breakers of the global registry have
//! one.
//!
//! # Orderings
//!
//! *Promise 1: a call that has passed keeps its breaker from eviction.* A call counts itself with
//! `Acquire`, and then loads the word and compares the key (`pass`). The thread that evicts the
//! breaker closes the turnstile (`close`), reads the count by writing with `Release` (`successes`;
//! `Slot::lock_for_step` does both), keeps the turnstile closed, and then looks for calls in it
//! (`is_held`). So there are two cases. If the call comes first, the evicting thread sees it, and
//! the breaker stays. If it comes second, it sees the closed word, or one that was published later
//! for the next breaker, with the key that was stored before (`publish`, `Release`; `load`,
//! `Acquire`). With weaker orderings, a call could be counted by the breaker of another key.
//!
//! The tenancy decides nothing here. A call that has read the previous one may pass to the next
//! breaker of the same key. It is counted there, and only misses binding its attribute.
//!
//! *Promise 2 of the gate holds here too.* A success loads the word, finds it unchanged, and counts
//! itself with `Acquire`. The holder of the breaker's lock closes the turnstile, reads the count by
//! writing with `Release`, and then steps the circuit. A holder that finds a closed gate without a
//! fast path finds the turnstile closed too, and need not read it again, as at the gate. So a
//! success is read before the step, or the next load of its thread sees the closed word: at most
//! one success per thread is stray.
//!
//! *What a call has done elsewhere happens before its breaker is evicted.* It gives its place back
//! with `Release` (`leave`), and the evicting thread acquires before it takes the totals
//! (`Gate::acquire_fence`). The additions in between are read-modify-writes and so continue the
//! release sequence. A success does nothing elsewhere.

mod arena;
mod passage;

use std::sync::{Arc, Weak};

pub(crate) use self::{
    arena::{Arena, FreeTurnstiles, TurnstilePlace},
    passage::{Passage, Passed},
};
use super::word::Word;
use crate::{
    identity::{INLINE_KEY_WORDS, InlineKey},
    sys::sync::{AtomicU64, Mutex, Ordering},
};

/// One cache line that admits and counts the calls of a key while its breaker is closed. `T` is the
/// slot behind it.
#[repr(C, align(64))]
pub(crate) struct Turnstile<T: 'static> {
    /// The word of the gate, if a call passes there without a clock and its success without the
    /// lock; otherwise [`CLOSED`].
    word: AtomicU64,
    /// The calls that have passed and have not ended; above them the [`TENANCY`], and above that
    /// the [`SUCCESSES`].
    calls: AtomicU64,
    key: [AtomicU64; INLINE_KEY_WORDS],
    /// Elsewhere, since only a call that does not succeed here needs it.
    home: &'static Home<T>,
}

/// The slot whose calls pass, if any. A passed call keeps it from eviction.
type Home<T> = Mutex<Weak<T>>;

/// No call passes. No word of a gate that admits calls is zero.
const CLOSED: u64 = 0;

/// In `calls`: four million calls in flight, which no key has.
const CALLS: u64 = (1 << TENANCY) - 1;

/// In `calls`: how many breakers had the turnstile before, as ten bits. A call site that remembers
/// an earlier one looks its breaker up again, and so binds its attribute to it. The number wraps:
/// an equal one of an earlier breaker only hides that the attribute is not bound yet.
const TENANCY: u32 = 22;
const TENANCIES: u64 = ALL_BUT_SUCCESSES & !CALLS;

/// In `calls`: the bits from here on count successes.
const SUCCESSES: u32 = 32;

const ALL_BUT_SUCCESSES: u64 = (1 << SUCCESSES) - 1;

/// The number of successes at which the turnstile closes, until they are moved to the gate. There
/// is room for four times as many, so that they do not overflow before.
const MANY_SUCCESSES: u64 = 1 << 30;

impl<T> Turnstile<T> {
    fn new(home: &'static Home<T>) -> Self {
        let key = InlineKey::NONE.words().map(AtomicU64::new);
        let [word, calls] = [CLOSED, 0].map(AtomicU64::new);
        Self { word, calls, key, home }
    }

    /// Lets a call pass if the turnstile is open, has this key, and is still that of the breaker
    /// which had it at `place`.
    #[expect(clippy::inline_always, reason = "whether it was inlined varied with unrelated code")]
    #[inline(always)]
    pub(super) fn pass(&'static self, place: TurnstilePlace, key: InlineKey) -> Option<Passed<T>> {
        let before = self.calls.fetch_add(1, Ordering::Acquire);
        let word = self.load();
        if word.0 != CLOSED && place.is_of_tenancy(before) && self.has(key) {
            return Some(Passed { turnstile: self, word });
        }
        self.leave();
        None
    }

    #[inline]
    fn has(&self, key: InlineKey) -> bool {
        key.is_of(self.key.each_ref().map(|word| || word.load(Ordering::Relaxed)))
    }

    /// The key, as far as can be seen without passing; `None` if another breaker than that at
    /// `place` has the turnstile by now.
    pub(super) fn key(&self, place: TurnstilePlace) -> Option<InlineKey> {
        let is_known = place.is_of_tenancy(self.calls.load(Ordering::Relaxed));
        is_known.then(|| self.present_key())
    }

    fn present_key(&self) -> InlineKey {
        InlineKey::of_words(self.key.each_ref().map(|word| word.load(Ordering::Relaxed)))
    }

    #[inline]
    fn load(&self) -> Word {
        Word(self.word.load(Ordering::Acquire))
    }

    /// Counts the end of a call that did not succeed here.
    #[inline]
    fn leave(&self) {
        self.calls.fetch_sub(1, Ordering::Release);
    }

    /// Counts the end of a call as a success, if the turnstile still shows `word`. Returns whether
    /// it does.
    #[inline]
    fn leave_in_success(&self, word: Word) -> bool {
        let is_unchanged = self.load() == word;
        if is_unchanged {
            let before = self.calls.fetch_add((1 << SUCCESSES) - 1, Ordering::Acquire);
            if MANY_SUCCESSES << SUCCESSES <= before {
                self.close_full(word);
            }
        }
        is_unchanged
    }

    /// Closes the turnstile because the successes need room. The next call of the key opens it
    /// again, under the breaker's lock.
    #[cold]
    fn close_full(&self, word: Word) {
        let _ = self.word.compare_exchange(word.0, CLOSED, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn slot(&self) -> Option<Arc<T>> {
        self.home.lock().upgrade()
    }

    /// Assigns a closed turnstile to this slot. It stays closed until the slot publishes.
    pub(super) fn assign(&self, key: InlineKey, slot: Weak<T>) {
        for (place, word) in self.key.iter().zip(key.words()) {
            place.store(word, Ordering::Relaxed);
        }
        *self.home.lock() = slot;
    }

    /// Shows `word`, or closes. Call it only with the breaker's lock held.
    pub(super) fn publish(&self, word: Word) {
        let shown = if word.passes_turnstile() { word.0 } else { CLOSED };
        self.word.store(shown, Ordering::Release);
    }

    /// Sends calls and successes to the slot until the next publication. Call it only with the
    /// breaker's lock held.
    pub(super) fn close(&self) {
        self.word.store(CLOSED, Ordering::Relaxed);
    }

    /// Returns the successes. Call it with the breaker's lock held, after [`close`](Self::close).
    pub(super) fn successes(&self) -> u64 {
        self.calls.fetch_add(0, Ordering::Release) >> SUCCESSES
    }

    /// Returns the successes without excluding calls that are being counted.
    pub(super) fn sum(&self) -> u64 {
        self.calls.load(Ordering::Relaxed) >> SUCCESSES
    }

    /// Whether a call has passed and has not ended. Call it after [`successes`](Self::successes).
    pub(super) fn is_held(&self) -> bool {
        self.calls.load(Ordering::Relaxed) & CALLS != 0
    }

    /// Takes the successes out, to be counted elsewhere. Call it with the breaker's lock held.
    pub(super) fn take_successes(&self) -> u64 {
        self.calls.fetch_and(ALL_BUT_SUCCESSES, Ordering::Relaxed) >> SUCCESSES
    }

    /// Ends the tenancy of a breaker whose successes were taken. Returns the place of the next one.
    pub(super) fn end_tenancy(&self, place: TurnstilePlace) -> TurnstilePlace {
        self.assign(InlineKey::NONE, Weak::new());
        self.calls.fetch_add(1 << TENANCY, Ordering::Relaxed);
        // The number of the tenancy may have overflowed into the successes.
        self.take_successes();
        place.of_next_tenancy()
    }
}

impl Word {
    /// Whether a call passes the gate without a clock, and its success without the lock.
    pub(super) const fn passes_turnstile(self) -> bool {
        self.admits_at_once() && (self.has_shared_fast_path() || self.has_striped_fast_path())
    }
}
