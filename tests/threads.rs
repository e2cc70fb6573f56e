//! The threads that brama starts, and what happens if the system gives none. One test counts the
//! threads of the whole process, so the other one works in a process of its own.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::{
    env, fs,
    future::Future,
    pin::pin,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    task::{Context, Wake, Waker},
    thread,
    time::Duration,
};

use brama::{
    Config, Registry,
    circuit::Tick,
    circuit_breaker,
    clock::{Clock, SystemClock},
    error::{AddCheckError, InitError, NoThread},
    event::EventKind,
    health::{CheckSchedule, HealthCheck},
    testing::ManualClock,
};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};

/// The threads of brama in this process, by name.
fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("comm")).ok());
    names.map(|name| name.trim().to_owned()).filter(|name| name.starts_with("brama")).collect()
}

/// Waits until brama has `count` threads. Waits for ever if that never happens.
fn wait_for(count: usize) {
    while threads().len() != count {
        thread::yield_now();
    }
}

#[circuit_breaker(identifier = "threads", key = node)]
fn read(node: u64) -> Result<u64, brama::CircuitOpen> {
    Ok(node)
}

#[test]
fn only_init_starts_a_thread_and_it_ends_when_stopped_or_with_its_registry() {
    assert!((0..100).all(|node| read(node).is_ok()));
    brama::registry().sweep();
    let quiet = Registry::new();
    quiet.init(Config::new().cleanup_interval(None)).unwrap();
    let breaker = quiet.breaker("waits");
    breaker.open_for(Duration::from_millis(1), "test").unwrap();
    assert!(breaker.wait_timeout(LONG));
    quiet.reload(Config::new()).unwrap();
    Registry::new().reload(Config::new()).unwrap();
    assert!(threads().is_empty());

    let an_hour = || Config::new().cleanup_interval(Duration::from_secs(60 * 60));
    let registry = Registry::new();
    registry.init(an_hour()).unwrap();
    wait_for(1);
    assert_eq!(threads(), ["brama-cleanup"]);
    assert!(matches!(registry.init(an_hour()), Err(InitError::Already(_))));
    assert_eq!(threads().len(), 1);

    registry.stop_cleanup();
    wait_for(0);
    registry.stop_cleanup();
    assert!(registry.init(an_hour()).is_err() && threads().is_empty());

    let other = Registry::new();
    other.init(Config::new()).unwrap();
    wait_for(1);
    drop(other);
    wait_for(0);
}

/// Far longer than anything in these tests takes.
const LONG: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_millis(20);
const INTERVAL: Duration = Duration::from_secs(10);

/// Runs this program again for one test. If it hangs, kills it and fails.
///
/// rust-lang/futures-rs#649
#[test]
fn a_system_without_threads_stops_no_wait_and_no_call() {
    if env::var_os("NO_THREADS").is_some() {
        return without_threads();
    }
    let name = "a_system_without_threads_stops_no_wait_and_no_call";
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--test-threads", "1"])
        .env("NO_THREADS", "1")
        .spawn()
        .unwrap();
    let id = Pid::from_child(&child);
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait().unwrap()));
    let Ok(status) = ended.recv_timeout(LONG) else {
        kill_process(id, Signal::KILL).unwrap();
        panic!("a wait has not ended");
    };
    assert!(status.success());
}

fn without_threads() {
    let checks = HangingCheck::new();
    limit_memory(Some(0));
    assert!(thread::Builder::new().spawn(|| ()).is_err(), "the limit does not hold");
    waits_of_threads_end();
    waiting_tasks_wake_when_the_breaker_changes();
    errors_name_the_thread_and_what_to_do();
    checks.skip_the_runs_that_find_no_thread();
    limit_memory(Some(ONE_STACK));
    a_check_needs_two_threads();
}

/// Leaves `room` bytes and a little more, which is too little for the stack of a thread; or leaves
/// all memory.
fn limit_memory(room: Option<u64>) {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = pages.split(' ').next().unwrap().parse().unwrap();
    let maximum = getrlimit(Resource::As).maximum;
    let current = room.map(|room| pages * 4096 + 512 * 1024 + room).or(maximum);
    setrlimit(Resource::As, Rlimit { current, maximum }).unwrap();
}

const ONE_STACK: u64 = 2 * 1024 * 1024 + 64 * 1024;

/// The worker and, on the system's clock, the timer that wakes it.
fn a_check_needs_two_threads() {
    let check = Registry::new().add_check("starved", LONG, || Ok::<_, String>(()));
    assert!(matches!(check, Err(AddCheckError::NoThread(_))), "{check:?}");
}

/// A clock of a user that leaves the wake-ups to the timer.
#[derive(Debug)]
struct PlainClock;

impl Clock for PlainClock {
    fn now(&self) -> Tick {
        SystemClock.now()
    }
}

fn waits_of_threads_end() {
    for registry in [Registry::new(), Registry::with_clock(PlainClock)] {
        let breaker = registry.breaker("starved");
        breaker.open_for(MOMENT, "outage").unwrap();
        assert!(breaker.wait_timeout(LONG));
        breaker.force_open("maintenance");
        assert!(!breaker.wait_timeout(MOMENT));
        breaker.open_for(LONG, "outage").unwrap();
        assert!(!breaker.wait_timeout(MOMENT));
    }
}

/// No timer wakes the task, so the change has to.
fn waiting_tasks_wake_when_the_breaker_changes() {
    let breaker = Registry::new().breaker("starved");
    breaker.open_for(LONG, "outage").unwrap();
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut ready = pin!(breaker.ready());
    assert!(ready.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert!(!woken.0.load(Ordering::Relaxed));
    breaker.close("repaired");
    assert!(woken.0.load(Ordering::Relaxed));
    assert!(ready.poll(&mut Context::from_waker(&waker)).is_ready());
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn errors_name_the_thread_and_what_to_do() {
    let registry = Registry::new();
    let Err(InitError::NoThread { error: cleanup, config }) = registry.init(Config::new()) else {
        panic!("the cleanup has a thread")
    };
    registry.init(config.cleanup_interval(None)).unwrap();
    let add_check = |registry: Registry| {
        let check = registry.add_check("starved", LONG, || Ok::<_, String>(()));
        let Err(AddCheckError::NoThread(error)) = check else { panic!("{check:?}") };
        error
    };
    // A custom clock wakes by itself, so only the worker needs a thread.
    let checks = add_check(Registry::with_clock(ManualClock::new()));
    let timer = add_check(Registry::new());
    let callback = registry.on_event(EventKind::StateChanged, drop).unwrap_err();
    let text = |error: &NoThread, alternative| {
        let (thread, cause) = (error.thread(), error.cause());
        format!(
            "cannot start the thread `{thread}` ({cause}): raise the limit of threads or memory, or \
             {alternative}"
        )
    };
    let threads = [&cleanup, &checks, &timer, &callback].map(NoThread::thread);
    assert_eq!(threads, ["brama-cleanup", "brama-checks", "brama-timer", "brama-callback"]);
    let sweep = "set `cleanup_interval` to `None` and call `Registry::sweep` yourself";
    assert_eq!(cleanup.to_string(), text(&cleanup, sweep));
    let add_future = "add a future with `add_check_async` (feature `tokio`)";
    assert_eq!(checks.to_string(), text(&checks, add_future));
    let own_clock = "give the registry a clock with a `wake_at` of its own";
    assert_eq!(timer.to_string(), text(&timer, own_clock));
    let subscribe = "read the events with `subscribe`";
    assert_eq!(callback.to_string(), text(&callback, subscribe));
    assert!(callback.cause().raw_os_error().is_some());
}

/// Two checks: one hangs and occupies the worker thread, so that the other needs a second thread.
struct HangingCheck {
    clock: ManualClock,
    registry: Registry,
    _end: mpsc::Sender<()>,
    _checks: [HealthCheck; 2],
}

impl HangingCheck {
    fn new() -> Self {
        let clock = ManualClock::new();
        let registry = Registry::with_clock(clock.clone());
        let schedule = CheckSchedule::every(INTERVAL).timeout(INTERVAL / 2);
        let (sender, begun) = mpsc::channel();
        let (end, ends) = mpsc::channel();
        let hangs = move || {
            sender.send(()).unwrap();
            ends.recv()
        };
        let hangs = registry.add_check("hangs", schedule, hangs).unwrap();
        let fails = registry.add_check("fails", schedule, || Err::<(), _>("down")).unwrap();
        clock.advance(INTERVAL);
        begun.recv().unwrap();
        Self { clock, registry, _end: end, _checks: [hangs, fails] }
    }

    fn skip_the_runs_that_find_no_thread(&self) {
        let failures = || self.registry.totals("fails").unwrap().failures;
        self.clock.advance(INTERVAL / 2);
        self.clock.advance(INTERVAL / 2);
        assert_eq!(failures(), 0);
        limit_memory(None);
        self.clock.advance(INTERVAL);
        while failures() == 0 {
            thread::yield_now();
        }
    }
}
