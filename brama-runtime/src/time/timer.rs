//! Alarms: wakers and the ticks at which they are due.

use std::{
    collections::{BTreeMap, BTreeSet},
    io, mem,
    sync::Arc,
    task::Waker,
};

use crate::{
    circuit::Tick,
    sys::{
        panic::catch_panic,
        sync::Monitor,
        worker::{OwnThread, Worker, busy, employ},
    },
};

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
    const fn new() -> Self {
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

    fn first(&self) -> Option<Tick> {
        self.set.first_key_value().map(|((at, _), _)| *at)
    }

    fn first_of(&self, waker: &Waker) -> Option<Tick> {
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

/// A thread that wakes alarms when they are due. The first alarm starts it.
pub(crate) struct Timer {
    now: fn() -> Tick,
    state: Monitor<TimerState>,
}

struct TimerState {
    alarms: Alarms,
    thread: OwnThread,
}

impl Timer {
    pub(crate) const THREAD: &str = "brama-timer";

    /// Creates a timer on a clock that runs at the speed of the system clock.
    pub(crate) fn new(now: fn() -> Tick) -> Arc<Self> {
        let state = TimerState { alarms: Alarms::new(), thread: OwnThread::default() };
        let timer = Arc::new(Self { now, state: Monitor::new(state) });
        employ(&timer);
        timer
    }

    /// Starts the thread, if it does not run.
    ///
    /// # Errors
    ///
    /// Returns the error of the system if it cannot start the thread.
    pub(crate) fn run_thread(self: &Arc<Self>) -> io::Result<()> {
        self.start(&mut self.state.lock())
    }

    /// Sets an alarm. If the system cannot start the thread, the alarm waits until a later one
    /// starts it.
    pub(crate) fn set(self: &Arc<Self>, at: Tick, waker: Waker) {
        let mut state = self.state.lock();
        state.alarms.set(at, waker);
        let _ = self.start(&mut state);
        drop(state);
        self.state.notify_one();
    }

    pub(crate) fn unset(&self, at: Tick, waker: &Waker) {
        let removed = self.state.lock().alarms.unset(at, waker);
        drop(removed);
    }

    /// Takes an alarm of this waker back if there is no thread to wake it. Returns when it is due.
    pub(crate) fn take_unattended(&self, waker: &Waker) -> Option<Tick> {
        let mut state = self.state.lock();
        if state.thread.exists() {
            return None;
        }
        let at = state.alarms.first_of(waker)?;
        let removed = state.alarms.unset(at, waker);
        drop(state);
        drop(removed);
        Some(at)
    }

    fn start(self: &Arc<Self>, state: &mut TimerState) -> io::Result<()> {
        let this = Arc::clone(self);
        state.thread.start(Self::THREAD, move || this.run())
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
            state = match state.alarms.first() {
                Some(at) if at <= now => return state.alarms.due(now),
                Some(at) => self.state.wait_for(state, at.since(now)),
                None => self.state.wait(state),
            };
        }
    }
}

impl Worker for Timer {
    fn restart(self: Arc<Self>) -> io::Result<()> {
        let mut state = self.state.try_lock().ok_or_else(busy)?;
        if state.alarms.first().is_none() { Ok(()) } else { self.start(&mut state) }
    }
}

#[cfg(test)]
thread_local! {
    /// How many alarms this thread has compared with one to be taken back.
    static COMPARED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            atomic::{AtomicU64, Ordering},
            mpsc,
        },
        task::Wake,
        thread,
        time::Duration,
    };

    use super::*;
    use crate::sys::sync::Mutex;

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

    #[test]
    fn the_thread_fires_due_alarms_and_survives_a_panic() {
        let timer = Timer::new(|| Tick::from_nanos(9));
        let ([panics, first, never], woken) = wakers();
        timer.set(Tick::from_nanos(100), never);
        timer.set(Tick::from_nanos(1), panics);
        assert_eq!(woken.recv().unwrap(), 0);
        timer.set(Tick::from_nanos(9), first);
        assert_eq!(woken.recv().unwrap(), 1);
        assert!(woken.try_recv().is_err());
    }

    #[test]
    fn a_shorter_wait_wakes_a_thread_that_sleeps_for_a_longer_one() {
        static READS: AtomicU64 = AtomicU64::new(0);
        let timer = Timer::new(|| {
            READS.fetch_add(1, Ordering::Relaxed);
            Tick::ORIGIN
        });
        let ([_, long, short], woken) = wakers();
        timer.set(Tick::ORIGIN.after(Duration::from_secs(1_000_000)), long);
        // The thread reads the clock under the lock and gives it up when it sleeps. `set` needs it.
        while READS.load(Ordering::Relaxed) == 0 {
            thread::yield_now();
        }
        timer.set(Tick::ORIGIN, short);
        assert_eq!(woken.recv_timeout(Duration::from_secs(10)), Ok(2));
    }
}
