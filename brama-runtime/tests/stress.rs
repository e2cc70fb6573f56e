//! Many threads use one breaker: no outcome is lost or counted twice, and nothing hangs.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails loudly")]

use std::{
    future::Future,
    ops::AddAssign,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use once_cell::sync::OnceCell;

use brama_runtime::api::{
    Breaker, Expiry, Outcome, PolicyPatch, Registry, State, Totals, Window, circuit::Tick,
    clock::Clock, event::EventKind, outcome::Abandoned,
};

const THREADS: u64 = 8;
const CALLS: u64 = 20_000;

/// The outcomes that one thread saw, to compare with the totals of the breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts {
    successes: u64,
    failures: u64,
    ignored: u64,
    abandoned: u64,
    rejected: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.successes += other.successes;
        self.failures += other.failures;
        self.ignored += other.ignored;
        self.abandoned += other.abandoned;
        self.rejected += other.rejected;
    }
}

impl From<Totals> for Counts {
    fn from(totals: Totals) -> Self {
        let Totals { successes, failures, ignored, abandoned, rejected, .. } = totals;
        Self { successes, failures, ignored, abandoned, rejected }
    }
}

/// Makes one call. By its number, the call succeeds, fails, is ignored, is abandoned, or resets.
fn call(breaker: &Breaker, number: u64, counts: &mut Counts) {
    let Ok(permit) = breaker.try_acquire() else {
        counts.rejected += 1;
        return;
    };
    match number % 64 {
        0..4 => {
            counts.failures += 1;
            permit.failure("stress");
        }
        4 => {
            counts.ignored += 1;
            permit.ignore();
        }
        5 => {
            counts.abandoned += 1;
            drop(permit);
        }
        6 => {
            counts.successes += 1;
            permit.success();
            breaker.reset("stress");
        }
        _ => {
            counts.successes += 1;
            permit.success();
        }
    }
}

fn storm(breaker: &Breaker) -> Counts {
    let one = |thread: u64| {
        let mut counts = Counts::default();
        (0..CALLS).for_each(|number| call(breaker, number + thread * 17, &mut counts));
        counts
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || one(thread))).collect();
        threads.into_iter().fold(Counts::default(), |mut sum, thread| {
            sum += thread.join().unwrap();
            sum
        })
    })
}

fn totals_add_up(patch: PolicyPatch) {
    let breaker = Registry::new().breaker("stress");
    breaker.configure(patch).unwrap();
    let counts = storm(&breaker);
    assert_eq!(Counts::from(breaker.status().totals), counts);
    assert_eq!(counts.successes + counts.failures + counts.ignored + counts.abandoned, {
        THREADS * CALLS - counts.rejected
    });
}

const BRIEF: Expiry = Expiry::fixed(Duration::from_millis(1));

#[test]
fn totals_add_up_while_the_circuit_opens_and_closes() {
    totals_add_up(PolicyPatch::new().failure_threshold(3).expiry(BRIEF));
}

#[test]
fn totals_add_up_under_a_rate_over_calls() {
    totals_add_up(PolicyPatch::new().failure_rate(8).minimum_calls(20).expiry(BRIEF));
}

#[test]
fn totals_add_up_under_a_rate_over_time() {
    let window = Window::time(Duration::from_millis(10));
    let patch = PolicyPatch::new().failure_rate(8).minimum_calls(20).window(window);
    totals_add_up(patch.slow_call_rate(50).slow_call_duration(Duration::from_millis(1)));
}

#[test]
fn totals_add_up_where_the_abandoned_fail_too() {
    let breaker = Registry::new().breaker("stress");
    breaker.configure(PolicyPatch::new().abandoned(Abandoned::Failure).expiry(BRIEF)).unwrap();
    let counts = storm(&breaker);
    let totals = breaker.status().totals;
    assert_eq!(totals.failures, counts.failures + counts.abandoned);
}

#[test]
fn no_more_probes_are_in_flight_than_may_be() {
    let breaker = Registry::new().breaker("stress");
    let patch = PolicyPatch::new().half_open_limit(2).success_threshold(u32::MAX).expiry(BRIEF);
    breaker.configure(patch).unwrap();
    breaker.open("stress");
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..CALLS {
                    if let Ok(permit) = breaker.try_acquire() {
                        assert!(breaker.status().probes <= 2);
                        permit.ignore();
                    }
                }
            });
        }
    });
    assert_eq!(breaker.status().probes, 0);
    assert!(0 < breaker.status().totals.ignored, "no probe was let in");
}

/// Uses the breaker as code of a user might while that breaker calls it.
fn use_everything(breaker: &Breaker) {
    assert!(breaker.is_available());
    breaker.success();
    breaker.configure(PolicyPatch::new().failure_threshold(1000)).unwrap();
    breaker.reset("re-entered");
    assert_eq!(breaker.status().state, State::Closed);
}

/// Fails if `run` waits for a lock that its own thread holds.
fn assert_ends(run: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        run();
        done.send(()).unwrap();
    });
    ended.recv_timeout(Duration::from_secs(60)).expect("a lock is held while user code runs");
}

#[test]
fn no_lock_is_held_while_the_body_or_the_handler_runs() {
    assert_ends(|| {
        let breaker = Registry::new().breaker("stress");
        let judge = |(): &()| {
            use_everything(&breaker);
            Outcome::failure("judged")
        };
        breaker.call_with(judge, || use_everything(&breaker)).unwrap();
        assert_eq!(breaker.status().totals.failures, 1);
    });
}

/// A clock that uses the breakers that read it.
#[derive(Debug, Default)]
struct ReentrantClock {
    registry: OnceCell<Registry>,
    is_entered: AtomicBool,
}

impl Clock for ReentrantClock {
    fn now(&self) -> Tick {
        if let Some(registry) = self.registry.get()
            && !self.is_entered.swap(true, Ordering::Relaxed)
        {
            use_everything(&registry.breaker("re-entered"));
            registry.find("stress").as_ref().map(Breaker::status);
            self.is_entered.store(false, Ordering::Relaxed);
        }
        Tick::ORIGIN
    }
}

#[test]
fn no_lock_is_held_while_the_users_clock_is_read() {
    assert_ends(|| {
        let clock = Arc::new(ReentrantClock::default());
        let registry = Registry::with_clock(Arc::clone(&clock));
        clock.registry.set(registry.clone()).unwrap();
        let breaker = registry.breaker("stress");
        breaker.open("by hand");
        assert!(breaker.try_acquire().is_err());
        breaker.close("by hand");
        use_everything(&breaker);
        registry.sweep();
    });
}

#[test]
fn a_panic_in_the_body_or_the_handler_is_a_failure_and_goes_on() {
    let breaker = Registry::new().breaker("stress");
    let in_body = AssertUnwindSafe(|| breaker.call(|| -> Result<(), ()> { panic!("body") }));
    let handler = |(): &()| -> Outcome { panic!("handler") };
    let in_handler = AssertUnwindSafe(|| breaker.call_with(handler, || ()));
    assert!(catch_unwind(in_body).is_err());
    assert!(catch_unwind(in_handler).is_err());
    let Totals { failures, abandoned, .. } = breaker.status().totals;
    assert_eq!((failures, abandoned), (2, 0));
}

/// Counts how often it is woken.
#[derive(Default)]
struct Woken(AtomicU64);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

type Task = (Pin<Box<dyn Future<Output = ()> + Send>>, Arc<Woken>);

/// Polls each task once; returns how many are ready.
fn poll(tasks: &mut [Task]) -> usize {
    let poll = |(task, woken): &mut Task| {
        task.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(woken))))
    };
    tasks.iter_mut().map(poll).filter(Poll::is_ready).count()
}

/// Fails unless each task has been woken this often.
#[track_caller]
fn assert_woken(tasks: &[Task], times: u64) {
    assert!(tasks.iter().all(|(_, woken)| woken.0.load(Ordering::Relaxed) == times));
}

#[test]
fn a_crowd_of_tasks_is_woken_once_by_each_change_that_concerns_it() {
    const CROWD: usize = 64_000;
    const HOUR: Duration = Duration::from_secs(3_600);
    let breaker = Registry::new().breaker("crowd");
    breaker.open_for(2 * HOUR, "stress").unwrap();
    let task = |_| -> Task {
        let breaker = breaker.clone();
        (Box::pin(async move { breaker.ready().await }), Arc::default())
    };
    let mut tasks: Vec<_> = (0..CROWD).map(task).collect();
    assert_eq!(poll(&mut tasks), 0);
    (0..100).for_each(|_| breaker.failure("stress"));
    breaker.open_for(3 * HOUR, "stress").unwrap();
    assert_woken(&tasks, 0);
    breaker.open_for(HOUR, "stress").unwrap();
    assert_woken(&tasks, 1);
    assert_eq!(poll(&mut tasks), 0);
    tasks.truncate(CROWD / 2);
    breaker.close("stress");
    assert_woken(&tasks, 2);
    assert_eq!(poll(&mut tasks), CROWD / 2);
}

#[test]
fn a_crowd_of_subscriptions_comes_and_goes() {
    const CROWD: usize = 100_000;
    let registry = Registry::new();
    let breaker = registry.breaker("crowd");
    let subscribe = |_| registry.subscribe(EventKind::StateChanged);
    let mut subscriptions: Vec<_> = (0..CROWD).map(subscribe).collect();
    let mut kept = subscriptions.split_off(CROWD - 10);
    drop(subscriptions);
    breaker.open("stress");
    assert!(kept.iter_mut().all(|subscription| subscription.try_recv().is_some()));
    assert!(breaker.status().warnings.is_empty());
    kept.into_iter().rev().for_each(drop);
    breaker.close("stress");
}
