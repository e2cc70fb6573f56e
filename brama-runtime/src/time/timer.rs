//! Alarms: who is to be woken when.

use std::{collections::BTreeMap, mem, task::Waker, thread};

use crate::{
    circuit::Tick,
    sys::{
        panic::catch_panic,
        sync::{Condvar, Mutex},
    },
};

/// Wakers by the moment at which each is to be woken, once.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    set: BTreeMap<(Tick, u64), Waker>,
    next: u64,
}

impl Alarms {
    const fn new() -> Self {
        Self { set: BTreeMap::new(), next: 0 }
    }

    /// Sets an alarm. The waker is a copy that the caller has made: cloning is code of the user's.
    pub(crate) fn set(&mut self, at: Tick, waker: Waker) {
        self.set.insert((at, self.next), waker);
        self.next += 1;
    }

    /// Takes an alarm back; what is answered is to be dropped under no lock.
    pub(crate) fn unset(&mut self, at: Tick, waker: &Waker) -> Option<Waker> {
        let mut those = self.set.range((at, 0)..=(at, u64::MAX));
        let (key, _) = those.find(|(_, other)| other.will_wake(waker))?;
        let key = *key;
        self.set.remove(&key)
    }

    /// Takes those whose moment has come, to be rung under no lock.
    pub(crate) fn due(&mut self, now: Tick) -> Due {
        let later = match now.as_nanos().checked_add(1) {
            Some(after) => self.set.split_off(&(Tick::from_nanos(after), 0)),
            None => BTreeMap::new(),
        };
        Due(mem::replace(&mut self.set, later))
    }

    fn first(&self) -> Option<Tick> {
        self.set.first_key_value().map(|((at, _), _)| *at)
    }
}

/// Alarms whose moment has come.
#[must_use = "somebody waits for each"]
pub(crate) struct Due(BTreeMap<(Tick, u64), Waker>);

impl Due {
    /// Wakes them in their order.
    pub(crate) fn wake(self) {
        self.0.into_values().for_each(wake_catching);
    }
}

/// Wakes, under no lock. A waker is the user's: one that panics harms nobody but its task.
pub(crate) fn wake_catching(waker: Waker) {
    let _ = catch_panic(|| waker.wake());
}

/// A thread that rings alarms when their moment comes, started by the first that is set.
pub(crate) struct Timer {
    now: fn() -> Tick,
    inside: Mutex<TimerState>,
    changed: Condvar,
}

struct TimerState {
    alarms: Alarms,
    runs: bool,
}

impl Timer {
    /// A timer on a clock that runs as the system's does.
    pub(crate) fn new(now: fn() -> Tick) -> Self {
        let inside = TimerState { alarms: Alarms::new(), runs: false };
        Self { now, inside: Mutex::new(inside), changed: Condvar::new() }
    }

    /// Sets an alarm. Where the system gives no thread, it rings once a later one gets it.
    pub(crate) fn set(&'static self, at: Tick, waker: Waker) {
        let mut inside = self.inside.lock();
        inside.alarms.set(at, waker);
        if !inside.runs {
            let thread = thread::Builder::new().name("brama-timer".to_owned());
            inside.runs = thread.spawn(|| self.run()).is_ok();
        }
        drop(inside);
        self.changed.notify_one();
    }

    pub(crate) fn unset(&self, at: Tick, waker: &Waker) {
        let unset = self.inside.lock().alarms.unset(at, waker);
        drop(unset);
    }

    fn run(&self) {
        loop {
            self.wait().wake();
        }
    }

    /// Waits until there is somebody to wake. An alarm that is set meanwhile notifies, and the lock
    /// is held from the look at the clock to the wait, so none is missed between the two.
    fn wait(&self) -> Due {
        let mut inside = self.inside.lock();
        loop {
            let now = (self.now)();
            match inside.alarms.first() {
                Some(at) if at <= now => return inside.alarms.due(now),
                Some(at) => {
                    self.changed.wait_for(&mut inside, at.since(now));
                }
                None => self.changed.wait(&mut inside),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, mpsc},
        task::Wake,
    };

    use once_cell::sync::Lazy;

    use super::*;

    /// Tells its number when it is woken; the first panics as well.
    struct Numbered(u32, Mutex<mpsc::Sender<u32>>);

    impl Wake for Numbered {
        fn wake(self: Arc<Self>) {
            self.1.lock().send(self.0).unwrap();
            assert_ne!(self.0, 0, "as planned");
        }
    }

    fn wakers<const N: usize>() -> ([Waker; N], mpsc::Receiver<u32>) {
        let (sender, receiver) = mpsc::channel();
        let waker = |number: usize| {
            let number = u32::try_from(number).unwrap();
            Waker::from(Arc::new(Numbered(number, Mutex::new(sender.clone()))))
        };
        (std::array::from_fn(waker), receiver)
    }

    #[test]
    fn alarms_ring_in_the_order_of_their_moments_and_once() {
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
    fn an_alarm_that_is_taken_back_does_not_ring() {
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
    fn the_thread_rings_what_is_due_and_survives_a_panic() {
        static TIMER: Lazy<Timer> = Lazy::new(|| Timer::new(|| Tick::from_nanos(9)));
        let ([panics, first, never], woken) = wakers();
        TIMER.set(Tick::from_nanos(100), never);
        TIMER.set(Tick::from_nanos(1), panics);
        assert_eq!(woken.recv().unwrap(), 0);
        TIMER.set(Tick::from_nanos(9), first);
        assert_eq!(woken.recv().unwrap(), 1);
        assert!(woken.try_recv().is_err());
    }
}
