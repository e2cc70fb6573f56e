//! The passage of one call through a turnstile.

use std::{fmt, sync::Arc};

use super::Turnstile;
use crate::breaker::word::Word;

/// A call that has just passed. [`Passage::of`] makes a passage of it, which ends the call when it
/// is dropped.
///
/// Two words, without a destructor: they are returned in registers. A processor waits if what was
/// written in words is soon read in larger pieces.
#[must_use = "the call is counted until a passage ends it"]
pub(crate) struct Passed<T: 'static> {
    pub(super) turnstile: &'static Turnstile<T>,
    /// What the turnstile has shown.
    pub(super) word: Word,
}

/// A call that has passed a turnstile. Until it ends, its breaker is not evicted.
#[must_use = "dropping it ends the call"]
pub struct Passage<T: 'static> {
    /// `None` once the call has ended.
    turnstile: Option<&'static Turnstile<T>>,
}

impl<T> Passage<T> {
    /// The passage of a call, and the word that has let it pass.
    #[inline]
    pub(in crate::breaker) const fn of(Passed { turnstile, word }: Passed<T>) -> (Self, Word) {
        (Self { turnstile: Some(turnstile) }, word)
    }

    /// Ends the call as a success, if the turnstile still shows `word`, which has let the call
    /// pass. Returns whether the call has ended.
    #[inline]
    pub(in crate::breaker) fn end_in_success(&mut self, word: Word) -> bool {
        let has_ended = self.turnstile.is_some_and(|turnstile| turnstile.leave_in_success(word));
        if has_ended {
            self.turnstile = None;
        }
        has_ended
    }

    /// The slot behind the turnstile; `None` once the call has ended.
    pub(in crate::breaker) fn slot(&self) -> Option<Arc<T>> {
        self.turnstile?.slot()
    }
}

impl<T> Drop for Passage<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(turnstile) = self.turnstile {
            turnstile.leave();
        }
    }
}

impl<T> fmt::Debug for Passage<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passage").field("has_ended", &self.turnstile.is_none()).finish()
    }
}
