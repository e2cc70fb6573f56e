//! The entry of an admitted call: what its permit keeps.

use std::num::NonZeroU64;

use super::{
    flags::{ADMITS, HOLDS_PLACE, LET_THROUGH, OVERLAY_SHIFT, SCOPED, SHADOWS, STOPPED},
    stopped_time::StoppedTime,
    word::Word,
};
use crate::circuit::Tick;

/// An admitted call: the word of its admission, and its start if calls are timed.
///
/// If the circuit admitted the call under the lock, as it does with a probe, the word is the one
/// that was published then.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Never zero: the gate admits by a flag, and the lock only in states whose number is not zero
    /// or whose word has that flag. So an `Option<Entry>` is as small as an `Entry`.
    word: NonZeroU64,
    /// [`Tick::NEVER`] if calls are not timed. Once the time was stopped: a [`StoppedTime`].
    pub(super) started: Tick,
}

impl Entry {
    #[inline]
    pub(super) fn new(word: Word, started: Tick) -> Option<Self> {
        Some(Self { word: NonZeroU64::new(word.0)?, started })
    }

    /// A call that runs although the circuit would reject it. It is not recorded.
    pub(super) fn in_shadow() -> Option<Self> {
        Self::new(Word(IN_SHADOW), Tick::NEVER)
    }

    #[inline]
    pub(super) const fn word(self) -> Word {
        Word(self.word.get())
    }

    /// The word of an entry; zero if there is none, which has no flag.
    #[inline]
    pub(super) fn word_of(entry: Option<Self>) -> Word {
        Word(entry.map_or(0, |entry| entry.word.get()))
    }

    /// Notes whether the call runs in the scope of its breaker.
    pub(super) fn scoped(self, scoped: bool) -> Self {
        self.with_word(self.word().scoped(scoped))
    }

    /// Notes whether the call holds a place among those in flight.
    pub(super) fn holding_place(self, holds: bool) -> Self {
        self.with_word(self.word().holding_place(holds))
    }

    /// The entry of a call whose time was stopped.
    pub(super) fn stopped(self, time: StoppedTime) -> Self {
        let started = Tick::from_nanos(time.bits());
        Self { started, ..self.with_word(self.word().stopped()) }
    }

    /// The time of a call whose time was stopped.
    pub(super) fn stopped_time(self) -> Option<StoppedTime> {
        self.word().is_stopped().then(|| StoppedTime::from_bits(self.started.as_nanos()))
    }

    fn with_word(self, word: Word) -> Self {
        Self { word: NonZeroU64::new(word.0).unwrap_or(self.word), ..self }
    }
}

/// A word of the gate never has both flags: either it admits calls, or it shadows their rejection.
const IN_SHADOW: u64 = ADMITS | SHADOWS;

/// The flags that stand in the entry of a call alone, never at the gate.
impl Word {
    const fn scoped(self, scoped: bool) -> Self {
        self.with(SCOPED, scoped)
    }

    #[inline]
    pub(super) const fn is_scoped(self) -> bool {
        self.has(SCOPED)
    }

    pub(super) const fn holding_place(self, holds: bool) -> Self {
        self.with(HOLDS_PLACE, holds)
    }

    pub(super) const fn holds_place(self) -> bool {
        self.has(HOLDS_PLACE)
    }

    /// Whether the call runs in shadow, and holds no more than a place.
    pub(super) const fn is_in_shadow(self) -> bool {
        self.0 & IN_SHADOW == IN_SHADOW
    }

    /// The word of a call that the overlay of this number has let through.
    pub(super) const fn let_through(self, overlay: u8) -> Self {
        let number = 0xff << OVERLAY_SHIFT;
        Self(self.0 & !(number | ADMITS) | (overlay as u64) << OVERLAY_SHIFT | LET_THROUGH)
    }

    /// The number of the overlay that has let the call through; `None` if none has.
    pub(super) const fn overlay(self) -> Option<u8> {
        let [_, low, ..] = (self.0 << (8 - OVERLAY_SHIFT)).to_le_bytes();
        if self.has(LET_THROUGH) { Some(low) } else { None }
    }

    pub(super) const fn is_let_through(self) -> bool {
        self.has(LET_THROUGH)
    }

    const fn stopped(self) -> Self {
        self.with(STOPPED, true)
    }

    /// Whether the time of the call was stopped.
    pub(super) const fn is_stopped(self) -> bool {
        self.has(STOPPED)
    }
}
