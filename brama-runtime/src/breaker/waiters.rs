//! The tasks and threads that wait for an admission.

use std::{collections::BTreeMap, mem, task::Waker};

use crate::circuit::Tick;

/// Wakers by the tick at which their waiters poll again without a wake-up.
///
/// Ordered, so that a step finds those that it lets in earlier without a look at the others: a
/// crowd may wait for one breaker.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    waiting: BTreeMap<WaiterKey, Waker>,
    next: u64,
}

/// A waiter: when it polls again, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WaiterKey(Tick, u64);

impl Waiters {
    /// Adds a waiter. The caller passes its own clone of the waker, because cloning runs user code.
    pub(super) fn add(&mut self, until: Tick, waker: Waker) -> WaiterKey {
        let key = WaiterKey(until, self.next);
        self.next += 1;
        self.waiting.insert(key, waker);
        key
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Removes a waiter, if it was not taken. Drop the waker without a lock held.
    pub(super) fn remove(&mut self, key: WaiterKey) -> Option<Waker> {
        self.waiting.remove(&key)
    }

    /// Takes the waiters that poll again at `now` or earlier. Wake them without a lock held.
    pub(super) fn take_due(&mut self, now: Tick) -> impl Iterator<Item = Waker> + use<> {
        let is_due = |(WaiterKey(until, _), _): (&WaiterKey, _)| *until <= now;
        let due = if self.waiting.first_key_value().is_some_and(is_due) {
            let after = Tick::from_nanos(now.as_nanos().saturating_add(1));
            let later = self.waiting.split_off(&WaiterKey(after, 0));
            mem::replace(&mut self.waiting, later)
        } else {
            BTreeMap::new()
        };
        due.into_values()
    }

    /// Takes the waiters that would poll again after `from` only. Wake them without a lock held.
    pub(super) fn take_later(&mut self, from: Tick) -> impl Iterator<Item = Waker> + use<> {
        let is_any_later = |(WaiterKey(until, _), _): (&WaiterKey, _)| from < *until;
        let later = if self.waiting.last_key_value().is_some_and(is_any_later) {
            // A later tick exists, so this one does not saturate.
            let after = Tick::from_nanos(from.as_nanos().saturating_add(1));
            self.waiting.split_off(&WaiterKey(after, 0))
        } else {
            BTreeMap::new()
        };
        later.into_values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_are_due_are_taken() {
        let mut waiters = Waiters::default();
        for until in [Tick::ORIGIN, Tick::from_nanos(7), Tick::from_nanos(8), Tick::NEVER] {
            waiters.add(until, Waker::noop().clone());
        }
        assert_eq!(waiters.take_due(Tick::from_nanos(7)).count(), 2);
        assert_eq!(waiters.take_due(Tick::from_nanos(7)).count(), 0);
        assert_eq!(waiters.take_later(Tick::ORIGIN).count(), 2);
    }

    #[test]
    fn those_that_wait_for_a_later_tick_are_taken() {
        let [origin, now] = [0, 7].map(Tick::from_nanos);
        let mut waiters = Waiters::default();
        let ticks = [Tick::NEVER, now, Tick::from_nanos(8), origin, Tick::NEVER];
        let keys = ticks.map(|until| waiters.add(until, Waker::noop().clone()));
        assert_eq!(waiters.take_later(Tick::NEVER).count(), 0);
        assert!(waiters.remove(keys[4]).is_some() && waiters.remove(keys[4]).is_none());
        assert_eq!(waiters.take_later(now).count(), 2);
        assert_eq!(waiters.take_later(now).count(), 0);
        assert_eq!(waiters.take_later(origin).count(), 1);
        assert!(waiters.remove(keys[1]).is_none() && waiters.remove(keys[3]).is_some());
    }
}
