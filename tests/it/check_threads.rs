//! The threads on which health checks run: how many there are, and when they end.

use std::{
    cell::RefCell,
    iter,
    sync::mpsc::{self, Sender},
    thread::{self, ThreadId},
    time::Duration,
};

use brama::{event::EventKind, health::CheckSchedule, testing::TestRegistry};

const INTERVAL: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(2);
const REST: Duration = Duration::from_secs(8);
/// Far longer than a thread takes to end.
const LONG: Duration = Duration::from_secs(60);
/// A schedule whose runs never time out.
const PATIENT: CheckSchedule =
    CheckSchedule::every(INTERVAL).timeout(Duration::from_secs(1_000_000));

/// A check that fails and sends the thread of each run.
fn failing(runs: &Sender<ThreadId>) -> impl FnMut() -> Result<(), &'static str> + Send + use<> {
    let runs = runs.clone();
    move || {
        runs.send(thread::current().id()).unwrap();
        Err("a test")
    }
}

#[test]
fn the_checks_of_a_registry_share_one_thread() {
    let registry = TestRegistry::new();
    let (sender, runs) = mpsc::channel();
    let (mut checks, mut threads) = (Vec::new(), Vec::new());
    for number in 1..=10 {
        let name = format!("api {number}");
        checks.push(registry.add_check(name, PATIENT, failing(&sender)).unwrap());
        registry.advance(INTERVAL);
        threads.extend(runs.iter().take(number));
    }
    threads.dedup();
    assert_eq!(threads.len(), 1, "{threads:?}");
}

#[test]
fn a_thread_that_hung_runs_no_check_once_it_was_replaced() {
    let registry = TestRegistry::new();
    let mut failures = registry.subscribe(EventKind::Failure);
    let (sender, runs) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let mut fails = failing(&sender);
    let hangs = move || {
        let answer = fails();
        let _ = released.recv();
        answer
    };
    let hasty = CheckSchedule::every(INTERVAL).timeout(TIMEOUT);
    let _hangs = registry.add_check("hangs", hasty, hangs).unwrap();
    let _works = registry.add_check("works", PATIENT, failing(&sender)).unwrap();
    registry.advance(INTERVAL);
    let stuck = runs.recv().unwrap();
    registry.advance(TIMEOUT);
    let replacement = runs.recv().unwrap();
    assert_ne!(replacement, stuck);
    drop(release);
    for pass in iter::once(REST).chain([INTERVAL; 10]) {
        // Both checks have failed, the hanging one by its timeout: no run times out after that.
        (0..2).for_each(|_| drop(failures.next()));
        registry.advance(pass);
        assert!(runs.iter().take(2).all(|thread| thread == replacement));
    }
}

/// Sends a message when it is dropped.
struct Dropped(Sender<()>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

thread_local! {
    /// Is dropped when its thread ends.
    static WITNESS: RefCell<Option<Dropped>> = const { RefCell::new(None) };
}

#[test]
fn the_thread_ends_with_the_last_check_and_a_later_one_starts_another() {
    let registry = TestRegistry::new();
    for _ in 0..2 {
        let (sender, runs) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let mut fails = failing(&sender);
        let check = move || {
            WITNESS.set(Some(Dropped(end.clone())));
            fails()
        };
        let check = registry.add_check("api", PATIENT, check).unwrap();
        registry.advance(INTERVAL);
        runs.recv().unwrap();
        drop(check);
        assert_eq!(ended.recv_timeout(LONG), Ok(()));
    }
}

#[test]
fn values_of_checks_that_panic_when_they_are_dropped_do_not_reach_who_ends_them() {
    /// Panics when it is dropped.
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("a value of a check"));
        }
    }

    let registry = TestRegistry::new();
    let [first, _second, _third] = [Bomb, Bomb, Bomb].map(|bomb| {
        let check = move || -> Result<(), String> { Err(size_of_val(&bomb).to_string()) };
        registry.add_check("api", PATIENT, check).unwrap()
    });
    drop(first);
    drop(registry);
}
