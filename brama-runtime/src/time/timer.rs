//! Alarms: wakers and the ticks at which they are due.

use std::{collections::BTreeMap, mem, task::Waker, thread};

use crate::{
    circuit::Tick,
    sys::{
        panic::catch_panic,
        sync::{Condvar, Mutex},
    },
};

/// Wakers by the tick at which each is woken, once.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    set: BTreeMap<(Tick, u64), Waker>,
    next: u64,
}

impl Alarms {
    const fn new() -> Self {
        Self { set: BTreeMap::new(), next: 0 }
    }

    /// Sets an alarm. The caller passes its own clone of the waker, because cloning runs user code.
    pub(crate) fn set(&mut self, at: Tick, waker: Waker) {
        self.set.insert((at, self.next), waker);
        self.next += 1;
    }

    /// Takes an alarm back. Drop the returned waker without a lock held, because it is user code.
    pub(crate) fn unset(&mut self, at: Tick, waker: &Waker) -> Option<Waker> {
        let mut at_tick = self.set.range((at, 0)..=(at, u64::MAX));
        let (key, _) = at_tick.find(|(_, other)| other.will_wake(waker))?;
        let key = *key;
        self.set.remove(&key)
    }

    /// Takes the alarms that are due. Wake them without a lock held.
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

/// A thread that wakes alarms when they are due. The first alarm starts it.
pub(crate) struct Timer {
    now: fn() -> Tick,
    state: Mutex<TimerState>,
    changed: Condvar,
}

struct TimerState {
    alarms: Alarms,
    is_running: bool,
}

impl Timer {
    /// Creates a timer on a clock that runs at the speed of the system clock.
    pub(crate) fn new(now: fn() -> Tick) -> Self {
        let state = TimerState { alarms: Alarms::new(), is_running: false };
        Self { now, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Sets an alarm. If the system cannot start the thread, the alarm waits until a later one
    /// starts it.
    pub(crate) fn set(&'static self, at: Tick, waker: Waker) {
        let mut state = self.state.lock();
        state.alarms.set(at, waker);
        if !state.is_running {
            let thread = thread::Builder::new().name("brama-timer".to_owned());
            state.is_running = thread.spawn(|| self.run()).is_ok();
        }
        drop(state);
        self.changed.notify_one();
    }

    pub(crate) fn unset(&self, at: Tick, waker: &Waker) {
        let removed = self.state.lock().alarms.unset(at, waker);
        drop(removed);
    }

    fn run(&self) {
        loop {
            self.wait().wake();
        }
    }

    /// Waits until an alarm is due. Setting an alarm notifies, and the lock is held from the read
    /// of the clock to the wait, so no alarm is missed in between.
    fn wait(&self) -> Due {
        let mut state = self.state.lock();
        loop {
            let now = (self.now)();
            match state.alarms.first() {
                Some(at) if at <= now => return state.alarms.due(now),
                Some(at) => {
                    self.changed.wait_for(&mut state, at.since(now));
                }
                None => self.changed.wait(&mut state),
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

    /// Sends its number when it is woken. Number 0 also panics.
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
    fn the_thread_fires_due_alarms_and_survives_a_panic() {
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
