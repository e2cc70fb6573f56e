//! Many waiting tasks, subscriptions, checks and breakers: what each costs if there are four times
//! as many.
//!
//! `cargo bench --bench crowds` prints milliseconds for each size, and microseconds for each item
//! of the largest. A cost that grows with the square of the size shows as sixteen times the time in
//! the next column.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]
#![expect(clippy::disallowed_methods, reason = "it measures on the system's clock")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails loudly")]

use std::{
    future::Future,
    hint::black_box,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
    thread,
    time::{Duration, Instant},
};

use brama::{
    Breaker, Identity, Registry,
    event::{EventFilter, EventKind},
    status::BreakerFilter,
    testing::ManualClock,
};

const SIZES: [usize; 3] = [4_000, 16_000, 64_000];

fn main() {
    let [few, more, many] = SIZES;
    println!("{:52}{few:>10}{more:>10}{many:>10}{:>10}", "milliseconds", "us each");
    rows("tasks that wait: ", waiters);
    rows("subscriptions: ", subscriptions);
    rows("subscriptions to calls: ", subscriptions_to_calls);
    rows("health checks: ", checks);
    rows("breakers: ", breakers);
}

/// Prints a row for each thing that `measure` does, with a column for each size and one for an item
/// of the largest.
fn rows(crowd: &str, measure: impl Fn(usize) -> Vec<(&'static str, Duration)>) {
    let columns = SIZES.map(measure);
    for (place, (name, _)) in columns[0].iter().enumerate() {
        let cells = columns.each_ref().map(|column| column[place].1.as_secs_f64() * 1_000.0);
        print!("{:52}", format!("{crowd}{name}"));
        for cell in cells {
            print!("{cell:10.2}");
        }
        println!("{:10.2}", cells[2] * 1_000.0 / f64::from(u32::try_from(SIZES[2]).unwrap()));
    }
}

fn timed<R>(run: impl FnOnce() -> R) -> (R, Duration) {
    let begun = Instant::now();
    let answer = black_box(run());
    (answer, begun.elapsed())
}

/// A waker of its own for each task.
struct Idle;

impl Wake for Idle {
    fn wake(self: Arc<Self>) {}
}

type Task = (Pin<Box<dyn Future<Output = ()>>>, Waker);

/// Polls each task once; returns how many are ready.
fn poll(tasks: &mut [Task]) -> usize {
    let poll = |(task, waker): &mut Task| task.as_mut().poll(&mut Context::from_waker(waker));
    tasks.iter_mut().map(poll).filter(Poll::is_ready).count()
}

fn waiters(size: usize) -> Vec<(&'static str, Duration)> {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("crowd");
    let hour = Duration::from_secs(3_600);
    breaker.open_for(hour, "bench").unwrap();
    let task = |breaker: Breaker| -> Task {
        (Box::pin(async move { breaker.ready().await }), Waker::from(Arc::new(Idle)))
    };
    let mut tasks: Vec<Task> = (0..size).map(|_| task(breaker.clone())).collect();
    let (ready, waits) = timed(|| poll(&mut tasks));
    assert_eq!(ready, 0);
    let ((), wakes) = timed(|| breaker.open_for(hour / 2, "bench").unwrap());
    let (ready, waits_again) = timed(|| poll(&mut tasks));
    assert_eq!(ready, 0);
    let ((), steps) = timed(|| (0..100).for_each(|_| breaker.failure("bench")));
    let ((), expires) = timed(|| clock.advance(hour));
    let (ready, admits) = timed(|| poll(&mut tasks));
    assert_eq!(ready, size);
    let mut tasks: Vec<Task> = (0..size).map(|_| task(breaker.clone())).collect();
    breaker.force_open("bench");
    poll(&mut tasks);
    let ((), cancels) = timed(|| drop(tasks));
    vec![
        ("wait", waits),
        ("all are woken by a shorter opening", wakes),
        ("wait again", waits_again),
        ("100 failures meanwhile", steps),
        ("all are woken by the clock", expires),
        ("are ready", admits),
        ("are dropped", cancels),
    ]
}

fn subscriptions(size: usize) -> Vec<(&'static str, Duration)> {
    let registry = Registry::new();
    let breaker = registry.breaker("crowd");
    let filter = || EventFilter::from(EventKind::StateChanged).identifier("another");
    let subscribe = |_| registry.subscribe(filter());
    let (mut all, subscribes) = timed(|| (0..size).map(subscribe).collect::<Vec<_>>());
    let (_, status) = timed(|| (0..10).map(|_| breaker.status()).collect::<Vec<_>>());
    let ((), change) = timed(|| breaker.open("bench"));
    let half = all.split_off(size / 2);
    let ((), drops) = timed(|| drop(half));
    let ((), drops_backwards) = timed(|| all.drain(..).rev().for_each(drop));
    vec![
        ("subscribe", subscribes),
        ("10 statuses", status),
        ("one change of state", change),
        ("half are dropped", drops),
        ("the rest is dropped, newest first", drops_backwards),
    ]
}

/// Each selects the calls of one breaker, and half of these breakers exist.
fn subscriptions_to_calls(size: usize) -> Vec<(&'static str, Duration)> {
    let registry = Registry::new();
    let name = |number: usize| format!("crowd {number}");
    let breaker = registry.breaker(name(0));
    let known: Vec<_> = (0..size / 2).map(|number| registry.breaker(name(number))).collect();
    let calls = |number| EventFilter::from(EventKind::Success).identifier(name(number));
    let subscribe = |number| registry.subscribe(calls(number));
    let (mut all, subscribes) = timed(|| (0..size).map(subscribe).collect::<Vec<_>>());
    let ((), steps) = timed(|| (0..100).for_each(|_| breaker.success()));
    let (_, status) = timed(|| (0..10).map(|_| breaker.status()).collect::<Vec<_>>());
    let half = all.split_off(size / 2);
    let ((), drops) = timed(|| drop(half));
    let ((), drops_backwards) = timed(|| all.drain(..).rev().for_each(drop));
    drop(known);
    vec![
        ("subscribe", subscribes),
        ("100 successes", steps),
        ("10 statuses", status),
        ("half are dropped", drops),
        ("the rest is dropped, newest first", drops_backwards),
    ]
}

fn checks(size: usize) -> Vec<(&'static str, Duration)> {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let hour = Duration::from_secs(3_600);
    // The worker thread waits here, so that all other checks are due when they are dropped.
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().unwrap();
    let add = |number: usize| {
        let gate = Arc::clone(&gate);
        let check = move || gate.lock().map(drop).map_or(Ok(()), |()| Err("bench"));
        registry.add_check(format!("crowd {number}"), hour, check).unwrap()
    };
    let (mut all, adds) = timed(|| (0..size).map(add).collect::<Vec<_>>());
    let ((), due) = timed(|| clock.advance(hour));
    let half = all.split_off(size / 2);
    let ((), drops) = timed(|| drop(half));
    drop(closed);
    let last = registry.breaker(format!("crowd {}", size / 2 - 1));
    let ((), runs) = timed(|| {
        while last.status().totals.failures == 0 {
            thread::yield_now();
        }
    });
    let ((), drops_resting) = timed(|| drop(all));
    vec![
        ("are added", adds),
        ("are due", due),
        ("half are dropped while due", drops),
        ("the rest runs", runs),
        ("the rest is dropped", drops_resting),
    ]
}

fn breakers(size: usize) -> Vec<(&'static str, Duration)> {
    let registry = Registry::new();
    let breaker = |number: usize| drop(registry.breaker(Identity::new(format!("crowd {number}"))));
    let ((), created) = timed(|| (0..size).for_each(breaker));
    let (statuses, list) = timed(|| registry.statuses(BreakerFilter::new()));
    assert_eq!(statuses.len(), size);
    let (_, health) = timed(|| registry.health(BreakerFilter::new()));
    vec![("are created", created), ("all statuses", list), ("health", health)]
}
