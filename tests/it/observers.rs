//! Observers: callbacks on the thread that causes a change.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::{self, ThreadId},
    time::{Duration, UNIX_EPOCH},
};

use brama::{
    Breaker, CallError, Config, PolicyPatch, Registry, State,
    clock::Clock,
    event::{Event, EventDetail, EventKind, Observation},
    testing::ManualClock,
};

/// What an observer has seen.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Event>>>);

impl Seen {
    /// An observer that sees all changes of a registry.
    fn of(registry: &Registry) -> (Self, Observation) {
        let seen = Self::default();
        let observer = registry.observe({
            let seen = seen.clone();
            move |event| seen.0.lock().unwrap().push(event.clone())
        });
        (seen, observer)
    }

    fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn kinds(&self) -> Vec<EventKind> {
        self.take().iter().map(Event::kind).collect()
    }
}

fn fail(breaker: &Breaker, times: usize) {
    (0..times).for_each(|_| breaker.failure("a test"));
}

#[test]
fn an_observer_sees_changes_and_no_calls() {
    let registry = Registry::new();
    let (seen, _observer) = Seen::of(&registry);
    let breaker = registry.breaker("a");
    assert_eq!(breaker.call(|| Ok::<_, ()>(1)), Ok(1));
    fail(&breaker, 10);
    assert!(breaker.try_acquire().is_err());
    breaker.configure(PolicyPatch::new().failure_threshold(3)).unwrap();
    breaker.reset(());
    assert!(registry.unregister("a"));
    let expected = [
        EventKind::Registered,
        EventKind::StateChanged,
        EventKind::Configured,
        EventKind::StateChanged,
        EventKind::Reset,
        EventKind::Unregistered,
    ];
    assert_eq!(seen.kinds(), expected);
}

#[test]
fn an_observer_is_called_on_the_thread_that_causes_the_change() {
    let registry = Registry::new();
    let thread: Arc<Mutex<Option<ThreadId>>> = Arc::default();
    let _observer = registry.observe({
        let thread = Arc::clone(&thread);
        move |_| *thread.lock().unwrap() = Some(thread::current().id())
    });
    let breaker = registry.breaker("a");
    assert_eq!(*thread.lock().unwrap(), Some(thread::current().id()));
    let opener = thread::spawn(move || breaker.open(()));
    let id = opener.thread().id();
    opener.join().unwrap();
    assert_eq!(*thread.lock().unwrap(), Some(id));
}

#[test]
fn an_observed_event_equals_that_of_a_subscription() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let (alone, _observer) = Seen::of(&registry);
    let breaker = registry.breaker("a");
    clock.advance(Duration::from_secs(5));
    breaker.open(());
    let [_, opened] = &alone.take()[..] else { unreachable!("two changes") };
    assert_eq!((opened.time, opened.opening, opened.number), (clock.calendar(), Some(1), 2));
    assert_ne!(opened.time, UNIX_EPOCH);

    let subscription = registry.subscribe(brama::event::EventKinds::CHANGES);
    clock.advance(Duration::from_secs(5));
    breaker.close(());
    breaker.disable(());
    assert_eq!(alone.take(), subscription.take(2).collect::<Vec<_>>());
}

#[test]
fn an_observer_is_called_once_no_lock_is_held() {
    let registry = Registry::new();
    let states: Arc<Mutex<Vec<State>>> = Arc::default();
    let _observer = registry.observe({
        let (states, registry) = (Arc::clone(&states), registry.clone());
        move |event| {
            let breaker = registry.breaker(&event.identity);
            states.lock().unwrap().push(breaker.status().state);
            // Creates a breaker under the lock of the registry, and is observed itself.
            if event.kind() == EventKind::StateChanged {
                registry.breaker(event.number.to_string().as_str()).success();
            }
        }
    });
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        registry.breaker("a").open(());
        registry.init(Config::new().cleanup_interval(None)).unwrap();
        sender.send(()).unwrap();
    });
    ended.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(*states.lock().unwrap(), [State::Closed, State::Open, State::Closed]);
}

#[test]
fn a_change_by_an_observer_is_observed_before_the_observer_returns() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    let order: Arc<Mutex<Vec<String>>> = Arc::default();
    let _observer = registry.observe({
        let (order, breaker) = (Arc::clone(&order), breaker.clone());
        move |event| {
            order.lock().unwrap().push(format!("{} begins", event.number));
            if let EventDetail::StateChanged { to: State::Open, .. } = event.detail {
                breaker.close("an observer wants it closed");
            }
            order.lock().unwrap().push(format!("{} ends", event.number));
        }
    });
    breaker.open(());
    assert_eq!(*order.lock().unwrap(), ["2 begins", "3 begins", "3 ends", "2 ends"]);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_panic_of_an_observer_harms_neither_the_call_nor_other_observers() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    let panicking = registry.observe(|_| std::panic::resume_unwind(Box::new("an observer")));
    let (seen, _observer) = Seen::of(&registry);
    fail(&breaker, 10);
    assert_eq!(breaker.state(), State::Open);
    breaker.close(());
    assert_eq!(seen.kinds(), [EventKind::StateChanged; 2]);
    assert_eq!(panicking.panics(), 2);
}

#[test]
fn a_panic_of_an_observer_while_the_body_unwinds_does_not_abort() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    breaker.configure(PolicyPatch::new().failure_threshold(1)).unwrap();
    let panicking = registry.observe(|_| std::panic::resume_unwind(Box::new("an observer")));
    let body = || -> Result<(), ()> { std::panic::resume_unwind(Box::new("the body")) };
    let called = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| breaker.call(body)));
    assert_eq!(*called.unwrap_err().downcast::<&str>().unwrap(), "the body");
    assert_eq!((breaker.state(), panicking.panics()), (State::Open, 1));
}

#[test]
fn a_dropped_observer_is_called_no_more() {
    let registry = Registry::new();
    let (seen, observer) = Seen::of(&registry);
    let (others, _observer) = Seen::of(&registry);
    drop(observer);
    registry.breaker("a").open(());
    assert_eq!((seen.take().len(), others.take().len()), (0, 2));
}

#[test]
fn an_observer_may_drop_its_own_handle() {
    let registry = Registry::new();
    let (handle, calls) =
        (Arc::new(Mutex::new(None::<Observation>)), Arc::new(AtomicUsize::new(0)));
    let observer = registry.observe({
        let (handle, calls) = (Arc::clone(&handle), Arc::clone(&calls));
        move |_| {
            calls.fetch_add(1, Ordering::Relaxed);
            drop(handle.lock().unwrap().take());
        }
    });
    *handle.lock().unwrap() = Some(observer);
    registry.breaker("a").open(());
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn what_an_observer_owns_is_dropped_once_no_lock_is_held() {
    /// Uses its registry when it is dropped.
    struct Curious(Registry, Arc<OnceLock<usize>>);

    impl Drop for Curious {
        fn drop(&mut self) {
            let others = self.0.observe(|_| ());
            self.0.breaker("b").open(());
            drop(others);
            self.1.set(self.0.statuses(brama::status::BreakerFilter::new()).len()).unwrap();
        }
    }

    let (registry, dropped) = (Registry::new(), Arc::new(OnceLock::new()));
    let curious = Curious(registry.clone(), Arc::clone(&dropped));
    let observer = registry.observe(move |_| assert!(curious.1.get().is_none()));
    registry.breaker("a").open(());
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        drop(observer);
        sender.send(()).unwrap();
    });
    ended.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(dropped.get(), Some(&2));
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        std::panic::resume_unwind(Box::new("a value of an observer"));
    }
}

/// An observer that owns a bomb, and drops its own handle when it is called. So the thread of a
/// call drops the last reference to it.
fn observe_with_a_bomb(registry: &Registry) {
    let handle = Arc::new(Mutex::new(None::<Observation>));
    let observer = registry.observe({
        let (handle, bomb) = (Arc::clone(&handle), Bomb);
        move |_| {
            let _owned = &bomb;
            drop(handle.lock().unwrap().take());
        }
    });
    *handle.lock().unwrap() = Some(observer);
}

#[test]
fn a_value_of_an_observer_that_panics_when_it_is_dropped_does_not_reach_the_call() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    breaker.configure(PolicyPatch::new().failure_threshold(1)).unwrap();
    observe_with_a_bomb(&registry);
    let answer = breaker.call(|| Err::<(), _>("its own error"));
    assert!(matches!(answer, Err(CallError::Failed("its own error"))), "{answer:?}");
}

#[test]
fn a_value_of_an_observer_that_panics_while_the_body_unwinds_does_not_abort() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    breaker.configure(PolicyPatch::new().failure_threshold(1)).unwrap();
    observe_with_a_bomb(&registry);
    let body = || -> Result<(), ()> { std::panic::resume_unwind(Box::new("the body")) };
    let called = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| breaker.call(body)));
    assert_eq!(*called.unwrap_err().downcast::<&str>().unwrap(), "the body");
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_value_of_an_observer_that_panics_does_not_reach_the_thread_that_drops_the_handle() {
    let bomb = Bomb;
    drop(Registry::new().observe(move |_| assert_eq!(size_of_val(&bomb), 0)));
}

#[test]
fn numbers_give_the_order_of_changes_by_several_threads() {
    let registry = Registry::new();
    let (seen, _observer) = Seen::of(&registry);
    let breaker = registry.breaker("a");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..100).for_each(|_| breaker.force_open(())));
            scope.spawn(|| (0..100).for_each(|_| breaker.close(())));
        }
    });
    let mut seen = seen.take();
    seen.sort_by_key(|event| event.number);
    let numbers: Vec<_> = seen.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=breaker.status().number).collect::<Vec<_>>());
    let mut states = Vec::new();
    for event in &seen {
        if let EventDetail::StateChanged { from, to, .. } = event.detail {
            states.push((from, to));
        }
    }
    assert!(states.windows(2).all(|pair| pair[0].1 == pair[1].0), "one follows the other");
}
