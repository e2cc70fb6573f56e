//! Nested calls: calls of a breaker within one of its probes.
//!
//! A call that a probe's body makes of its own breaker is part of the probe. The body of a probe is
//! in the scope of its breaker while it runs on a thread: from beginning to end if it is
//! synchronous, during each poll if it is a future. Only calls that were admitted while half-open
//! enter a scope, so a closed circuit pays one test for it.

use std::cell::RefCell;

use super::{entry::Entry, raw_permit::Runs, slot::Slot, word::Word};
use crate::circuit::Generation;

/// The scope of a probe. The permit keeps the slot alive, so its address is not reused meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scope {
    slot: usize,
    generation: Generation,
}

thread_local! {
    /// The scopes that this thread is in. A thread that is shutting down is in none: calls in its
    /// destructors are calls like others.
    static SCOPES: RefCell<Vec<Scope>> = const { RefCell::new(Vec::new()) };
}

impl Scope {
    #[inline]
    pub(super) fn of(slot: &Slot, word: Word) -> Self {
        Self { slot: std::ptr::from_ref(slot).addr(), generation: word.generation() }
    }

    /// Enters the scope until the returned guard is dropped.
    pub(super) fn enter(self) -> EnteredScope {
        self.push();
        EnteredScope(self)
    }

    fn push(self) {
        let _ = SCOPES.try_with(|scopes| scopes.borrow_mut().push(self));
    }

    /// Leaves the innermost of these scopes.
    fn pop(self) {
        let _ = SCOPES.try_with(|scopes| {
            let mut scopes = scopes.borrow_mut();
            let innermost = scopes.iter().rposition(|entered| *entered == self);
            innermost.map(|place| scopes.remove(place))
        });
    }

    fn is_entered(self) -> bool {
        SCOPES.try_with(|scopes| scopes.borrow().contains(&self)).unwrap_or_default()
    }
}

/// A scope that the thread is in.
pub(super) struct EnteredScope(Scope);

impl Drop for EnteredScope {
    fn drop(&mut self) {
        self.0.pop();
    }
}

impl Slot {
    /// Enters the scope of a probe whose body runs on this thread to its end.
    pub(super) fn enter_scope(&self, entry: Entry, runs: Runs) -> Entry {
        match runs {
            Runs::OnThread if !entry.word().admits() => {
                Scope::of(self, entry.word()).push();
                entry.scoped(true)
            }
            Runs::OnThread | Runs::Elsewhere => entry,
        }
    }

    /// Leaves the scope of such a probe before its outcome is recorded.
    pub(super) fn leave_scope(&self, entry: Entry) -> Entry {
        if !entry.word().is_scoped() {
            return entry;
        }
        Scope::of(self, entry.word()).pop();
        entry.scoped(false)
    }

    /// Whether this thread runs a probe that still counts while the gate shows `word`: it belongs
    /// to this half-open, and has not lost its place.
    pub(super) fn is_in_scope(&self, word: Word) -> bool {
        Scope::of(self, word).is_entered()
    }
}
