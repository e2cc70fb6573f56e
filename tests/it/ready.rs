//! Waiting until a call would be admitted: no wake-up is lost and none is spurious.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Wake, Waker},
    thread,
    time::Duration,
};

use brama::{
    Breaker, CircuitOpen, PolicyPatch, Registry, State,
    circuit::Tick,
    circuit_breaker,
    clock::Clock,
    testing::{ManualClock, TestRegistry},
};

const SECOND: Duration = Duration::from_secs(1);

/// A waker that counts its wake-ups.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A waiting task that is polled by hand.
struct Task<F> {
    wait: Pin<Box<F>>,
    woken: Arc<Woken>,
}

fn task(breaker: &Breaker) -> Task<impl Future<Output = ()> + '_> {
    Task { wait: Box::pin(breaker.ready()), woken: Arc::default() }
}

impl<F: Future<Output = ()>> Task<F> {
    fn is_ready(&mut self) -> bool {
        let waker = Waker::from(Arc::clone(&self.woken));
        self.wait.as_mut().poll(&mut Context::from_waker(&waker)).is_ready()
    }

    fn times_woken(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }
}

fn open(registry: &TestRegistry) -> Breaker {
    let breaker = registry.breaker("api");
    breaker.open_for(5 * SECOND, "test").unwrap();
    breaker
}

#[test]
fn a_closed_breaker_is_ready_at_once() {
    let breaker = TestRegistry::new().breaker("api");
    assert!(task(&breaker).is_ready());
    assert!(breaker.wait_timeout(Duration::ZERO));
}

#[test]
fn a_task_is_woken_at_the_deadline_and_not_before() {
    let registry = TestRegistry::new();
    let breaker = open(&registry);
    let mut task = task(&breaker);
    assert!(!task.is_ready());
    registry.advance(Duration::from_millis(4_999));
    assert_eq!(task.times_woken(), 0);
    registry.advance(Duration::from_millis(1));
    assert_eq!(task.times_woken(), 1);
    assert!(task.is_ready());
}

#[test]
fn waiting_reserves_nothing_and_changes_nothing() {
    let registry = TestRegistry::new();
    let breaker = open(&registry);
    let mut task = task(&breaker);
    assert!(!task.is_ready());
    registry.advance(5 * SECOND);
    assert!(task.is_ready());
    assert_eq!((breaker.state(), breaker.status().probes), (State::Open, 0));
}

#[test]
fn whatever_admits_calls_wakes_a_waiting_task() {
    type Step = fn(&TestRegistry, &Breaker);
    let steps: [(&str, Step); 7] = [
        ("close", |_, breaker| breaker.close("test")),
        ("reset", |_, breaker| breaker.reset("test")),
        ("disable", |_, breaker| breaker.disable("test")),
        ("unregister", |registry, _| assert!(registry.unregister("api"))),
        ("shadow_all", |registry, _| registry.shadow_all(true)),
        ("configure", |registry, _| {
            registry.configure("api", PolicyPatch::new().shadow(true)).unwrap();
        }),
        ("configure itself", |_, breaker| {
            breaker.configure(PolicyPatch::new().shadow(true)).unwrap();
        }),
    ];
    for (name, step) in steps {
        let registry = TestRegistry::new();
        let breaker = registry.breaker("api");
        breaker.force_open("test");
        let mut task = task(&breaker);
        assert!(!task.is_ready(), "{name}");
        step(&registry, &breaker);
        assert_eq!(task.times_woken(), 1, "{name}");
        assert!(task.is_ready(), "{name}");
    }
}

#[test]
fn an_opening_that_is_cut_short_wakes_a_task_that_waits_for_its_end() {
    let registry = TestRegistry::new();
    let breaker = open(&registry);
    let mut task = task(&breaker);
    assert!(!task.is_ready());
    breaker.open_for(SECOND, "shorter").unwrap();
    assert_eq!(task.times_woken(), 1);
    assert!(!task.is_ready());
    registry.advance(SECOND);
    assert!(task.is_ready());
}

#[test]
fn a_change_that_admits_no_call_wakes_no_task() {
    let registry = TestRegistry::new();
    let breaker = open(&registry);
    let mut task = task(&breaker);
    assert!(!task.is_ready());
    breaker.failure("another");
    breaker.open_for(10 * SECOND, "longer").unwrap();
    breaker.force_open("test");
    assert!(breaker.try_acquire().is_err());
    assert_eq!(task.times_woken(), 0);
}

#[test]
fn a_forced_opening_does_not_end_by_itself() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    breaker.force_open("test");
    let mut task = task(&breaker);
    assert!(!task.is_ready());
    registry.advance(Duration::from_secs(3_000_000_000));
    assert_eq!(task.times_woken(), 0);
    assert!(!task.is_ready());
}

mod probes {
    use super::*;

    fn half_open(registry: &TestRegistry) -> Breaker {
        registry.configure("api", PolicyPatch::new().success_threshold(2)).unwrap();
        registry.set_state("api", State::HalfOpen);
        registry.breaker("api")
    }

    #[test]
    fn a_probe_that_ends_wakes_a_task_that_waits_for_its_place() {
        let registry = TestRegistry::new();
        let breaker = half_open(&registry);
        let mut task = task(&breaker);
        for end in [brama::Permit::success, brama::Permit::ignore, drop] {
            breaker.reset("test");
            half_open(&registry);
            let probe = breaker.try_acquire().unwrap();
            assert!(!task.is_ready());
            let before = task.times_woken();
            end(probe);
            assert_eq!(task.times_woken(), before + 1);
        }
        assert!(task.is_ready());
    }

    #[test]
    fn a_probe_that_is_silent_too_long_wakes_a_task_that_waits_for_its_place() {
        let registry = TestRegistry::new();
        let breaker = half_open(&registry);
        let _silent = breaker.try_acquire().unwrap();
        let mut task = task(&breaker);
        assert!(!task.is_ready());
        registry.advance(breaker.status().policy.probe_timeout());
        assert_eq!(task.times_woken(), 1);
        assert!(task.is_ready());
    }

    #[test]
    fn all_waiting_tasks_are_woken_and_may_race() {
        let registry = TestRegistry::new();
        let breaker = half_open(&registry);
        let probe = breaker.try_acquire().unwrap();
        let mut tasks = [task(&breaker), task(&breaker), task(&breaker)];
        assert!(tasks.iter_mut().all(|task| !task.is_ready()));
        probe.success();
        assert!(tasks.iter_mut().all(|task| task.times_woken() == 1 && task.is_ready()));
        let permits = [breaker.try_acquire(), breaker.try_acquire(), breaker.try_acquire()];
        assert_eq!(permits.iter().filter(|permit| permit.is_ok()).count(), 1);
    }
}

#[test]
fn a_wait_that_is_dropped_leaves_nothing_behind() {
    let registry = TestRegistry::new();
    let breaker = open(&registry);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let held = Arc::strong_count(&woken);
    for _ in 0..3 {
        let mut wait = Box::pin(breaker.ready());
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert!(held < Arc::strong_count(&woken));
    }
    assert_eq!(Arc::strong_count(&woken), held);
    breaker.close("test");
    assert_eq!(woken.0.load(Ordering::Relaxed), 0);
}

#[test]
fn a_waker_that_panics_harms_neither_the_breaker_nor_the_clock() {
    struct Panics;

    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("as planned");
        }
    }

    let registry = TestRegistry::new();
    let breaker = open(&registry);
    let waker = Waker::from(Arc::new(Panics));
    let (mut by_clock, mut other) = (pin!(breaker.ready()), task(&breaker));
    assert!(by_clock.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert!(!other.is_ready());
    registry.advance(5 * SECOND);
    breaker.close("test");
    assert_eq!((breaker.state(), other.times_woken()), (State::Closed, 2));
}

mod threads {
    use super::*;

    #[test]
    fn a_thread_waits_no_longer_than_its_timeout_on_the_clock_of_the_registry() {
        let registry = TestRegistry::new();
        let breaker = registry.breaker("api");
        breaker.force_open("test");
        assert!(!breaker.wait_timeout(Duration::ZERO));
        let waits = thread::spawn(move || breaker.wait_timeout(SECOND));
        // If the thread has not begun to wait yet, its wait begins at a later tick.
        while !waits.is_finished() {
            registry.advance(SECOND);
            thread::yield_now();
        }
        assert!(!waits.join().unwrap());
    }

    #[test]
    fn no_thread_misses_its_wake_up_between_checking_and_waiting() {
        const THREADS: usize = 6;
        const ROUNDS: usize = 300;
        let registry = TestRegistry::new();
        let breaker = registry.breaker("api");
        let barrier = Barrier::new(THREADS + 1);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        barrier.wait();
                        assert!(breaker.wait_timeout(Duration::MAX));
                        barrier.wait();
                    }
                });
            }
            for round in 0..ROUNDS {
                breaker.open_for(SECOND, "test").unwrap();
                barrier.wait();
                match round % 2 {
                    0 => breaker.close("test"),
                    _ => registry.advance(SECOND),
                }
                barrier.wait();
            }
        });
    }
}

/// A clock whose next reading panics once it is broken.
#[derive(Debug, Clone, Default)]
struct FragileClock(Arc<AtomicBool>);

impl Clock for FragileClock {
    fn now(&self) -> Tick {
        assert!(!self.0.swap(false, Ordering::Relaxed), "the clock is broken");
        Tick::ORIGIN
    }

    fn wake_at(&self, _: Tick, _: &Waker) {}
}

#[test]
fn a_clock_that_panics_while_an_attribute_is_bound_loses_no_wake_up() {
    #[circuit_breaker(identifier = "shadowed", registry = registry, shadow = true)]
    fn shadowed(registry: &Registry) -> Result<(), CircuitOpen> {
        Ok(())
    }

    let clock = FragileClock::default();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker("shadowed");
    breaker.force_open("test");
    let mut task = task(&breaker);
    assert!(!task.is_ready());
    clock.0.store(true, Ordering::Relaxed);
    assert!(catch_unwind(AssertUnwindSafe(|| shadowed(&registry))).is_err());
    assert_eq!(task.times_woken() == 1, breaker.is_available());
    assert!(shadowed(&registry).is_ok());
    assert_eq!(task.times_woken(), 1);
}

/// A clock whose timer has no thread: it wakes no task.
#[derive(Debug)]
struct SilentClock(ManualClock);

impl Clock for SilentClock {
    fn now(&self) -> Tick {
        self.0.now()
    }

    fn wake_at(&self, _: Tick, _: &Waker) {}
}

#[test]
fn a_task_that_no_clock_wakes_is_woken_by_the_next_step_after_the_deadline() {
    type Step = fn(&Breaker);
    let steps: [(&str, Step); 3] = [
        ("probe", |breaker| std::mem::forget(breaker.try_acquire().unwrap())),
        ("report", |breaker| breaker.failure("test")),
        ("longer", |breaker| breaker.open_for(5 * SECOND, "test").unwrap()),
    ];
    for (name, step) in steps {
        let clock = ManualClock::new();
        let breaker = Registry::with_clock(SilentClock(clock.clone())).breaker("api");
        breaker.open_for(SECOND, "test").unwrap();
        let mut task = task(&breaker);
        assert!(!task.is_ready(), "{name}");
        breaker.failure("before the deadline");
        clock.advance(SECOND);
        assert_eq!(task.times_woken(), 0, "{name}");
        step(&breaker);
        assert_eq!(task.times_woken(), 1, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_on_tokio_time_waits_exactly_as_long_as_the_opening() {
    let registry = TestRegistry::on_tokio_time();
    let breaker = open(&registry);
    let begin = tokio::time::Instant::now();
    breaker.ready().await;
    assert_eq!(begin.elapsed(), 5 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_task_on_tokio_time_is_woken_when_a_test_moves_its_registry_ahead() {
    let registry = TestRegistry::on_tokio_time();
    let breaker = open(&registry);
    let mut task = task(&breaker);
    assert!(!task.is_ready());
    registry.advance(5 * SECOND);
    assert!(0 < task.times_woken());
    assert!(task.is_ready());
}
