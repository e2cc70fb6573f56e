//! Nested calls: calls of a breaker within one of its probes.
//!
//! A call that a probe's body makes of its own breaker is part of the probe. The body of a probe is
//! in the scope of its breaker while it runs on a thread: from beginning to end if it is
//! synchronous, during each poll if it is a future. Only calls that were admitted while half-open
//! enter a scope, so a closed circuit pays one test for it.

use std::cell::RefCell;

use super::{permit::Runs, record::Entry, slot::Slot, word::Word};
use crate::circuit::Generation;

/// A probe whose body runs on this thread. The permit keeps the slot alive, so its address is not
/// reused meanwhile.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Scope {
    slot: usize,
    generation: Generation,
}

thread_local! {
    static SCOPES: RefCell<Vec<Scope>> = const { RefCell::new(Vec::new()) };
}

impl Slot {
    /// Enters the scope of a probe whose body runs on this thread to its end.
    pub(super) fn scoped(&self, entry: Entry, runs: Runs) -> Entry {
        match runs {
            Runs::OnThread if !entry.word().admits() => self.enter_scope(entry),
            Runs::OnThread | Runs::Elsewhere => entry,
        }
    }

    /// Enters the scope of a probe. A thread that is shutting down has no scopes: calls in its
    /// destructors are calls like others.
    #[cold]
    pub(super) fn enter_scope(&self, entry: Entry) -> Entry {
        let scope = self.scope(entry.word());
        let entered = SCOPES.try_with(|scopes| scopes.borrow_mut().push(scope));
        entry.scoped(entered.is_ok())
    }

    /// Leaves the scope that the call has entered.
    #[cold]
    pub(super) fn leave_scope(&self, entry: Entry) -> Entry {
        let scope = self.scope(entry.word());
        let _ = SCOPES.try_with(|scopes| {
            let mut scopes = scopes.borrow_mut();
            let innermost = scopes.iter().rposition(|entered| *entered == scope);
            innermost.map(|place| scopes.remove(place))
        });
        entry.scoped(false)
    }

    /// Whether this thread runs a probe that still counts while the gate shows `word`: it belongs
    /// to this half-open, and has not lost its place.
    pub(super) fn is_in_scope(&self, word: Word) -> bool {
        let scope = self.scope(word);
        SCOPES.try_with(|scopes| scopes.borrow().contains(&scope)).unwrap_or_default()
    }

    fn scope(&self, word: Word) -> Scope {
        Scope { slot: std::ptr::from_ref(self).addr(), generation: word.generation() }
    }
}
