//! Alarms: wakers and the ticks at which they are due.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    task::Waker,
};

use crate::{circuit::Tick, sys::panic::catch_panic};

/// Wakers by the tick at which each is woken, once.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    set: BTreeMap<(Tick, u64), Waker>,
    /// The alarms by tick, then by the address of what the waker wakes: a crowd of tasks waits for
    /// one tick, and each takes its alarm back.
    by_waker: BTreeSet<(Tick, usize, u64)>,
    next: u64,
}

impl Alarms {
    pub(super) const fn new() -> Self {
        Self { set: BTreeMap::new(), by_waker: BTreeSet::new(), next: 0 }
    }

    /// Sets an alarm. The caller passes its own clone of the waker, because cloning runs user code.
    pub(crate) fn set(&mut self, at: Tick, waker: Waker) {
        self.by_waker.insert((at, waker.data().addr(), self.next));
        self.set.insert((at, self.next), waker);
        self.next += 1;
    }

    /// Takes an alarm back. Drop the returned waker without a lock held, because it is user code.
    pub(crate) fn unset(&mut self, at: Tick, waker: &Waker) -> Option<Waker> {
        let address = waker.data().addr();
        let mut same = self.by_waker.range((at, address, 0)..=(at, address, u64::MAX));
        let is_same = |number| {
            #[cfg(test)]
            COMPARED.set(COMPARED.get() + 1);
            self.set.get(&(at, number)).is_some_and(|other| other.will_wake(waker))
        };
        let key = *same.find(|(_, _, number)| is_same(*number))?;
        self.by_waker.remove(&key);
        self.set.remove(&(at, key.2))
    }

    /// Takes the alarms that are due. Wake them without a lock held.
    pub(crate) fn due(&mut self, now: Tick) -> Due {
        let (later, by_waker) = match now.as_nanos().checked_add(1).map(Tick::from_nanos) {
            Some(after) => {
                (self.set.split_off(&(after, 0)), self.by_waker.split_off(&(after, 0, 0)))
            }
            None => Default::default(),
        };
        self.by_waker = by_waker;
        Due(mem::replace(&mut self.set, later))
    }

    pub(super) fn first(&self) -> Option<Tick> {
        self.set.first_key_value().map(|((at, _), _)| *at)
    }

    pub(super) fn first_of(&self, waker: &Waker) -> Option<Tick> {
        let mut set = self.set.iter().filter(|(_, other)| other.will_wake(waker));
        set.next().map(|((at, _), _)| *at)
    }
}

/// Alarms that are due.
#[must_use = "a task waits for each of them"]
pub(crate) struct Due(BTreeMap<(Tick, u64), Waker>);

impl Due {
    /// Wakes all of them, in order.
    pub(crate) fn wake(self) {
        self.0.into_values().for_each(wake_catching);
    }
}

/// Wakes a waker and catches its panic: a waker is user code, and a panic affects only its own
/// task. Call it without a lock held.
pub(crate) fn wake_catching(waker: Waker) {
    let _ = catch_panic(|| waker.wake());
}

#[cfg(test)]
thread_local! {
    /// How many alarms this thread has compared with one to be taken back.
    static COMPARED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, task::Wake};

    use super::*;
    use crate::time::woken::wakers;

    #[test]
    fn alarms_fire_once_in_the_order_of_their_ticks() {
        let ([panics, second, third], woken) = wakers();
        let mut alarms = Alarms::default();
        alarms.set(Tick::from_nanos(7), third);
        alarms.set(Tick::from_nanos(5), panics);
        alarms.set(Tick::from_nanos(5), second);
        alarms.due(Tick::from_nanos(4)).wake();
        assert_eq!(woken.try_iter().count(), 0);
        alarms.due(Tick::from_nanos(5)).wake();
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), [0, 1]);
        alarms.due(Tick::NEVER).wake();
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_cancelled_alarm_does_not_fire() {
        let ([_, first, second], woken) = wakers();
        let mut alarms = Alarms::default();
        let at = Tick::from_nanos(5);
        alarms.set(at, first.clone());
        alarms.set(at, second);
        assert!(alarms.unset(at, &first).is_some());
        assert!(alarms.unset(at, &first).is_none());
        alarms.due(at).wake();
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn an_alarm_is_found_among_many_of_its_tick() {
        struct Idle;

        impl Wake for Idle {
            fn wake(self: Arc<Self>) {}
        }

        let (at, mut alarms) = (Tick::from_nanos(5), Alarms::default());
        let wakers: Vec<_> = (0..1_000).map(|_| Waker::from(Arc::new(Idle))).collect();
        for waker in &wakers {
            alarms.set(at, waker.clone());
        }
        COMPARED.set(0);
        assert!(wakers.iter().rev().all(|waker| alarms.unset(at, waker).is_some()));
        assert_eq!(COMPARED.get(), wakers.len());
        assert!(alarms.set.is_empty() && alarms.by_waker.is_empty());
    }
}
