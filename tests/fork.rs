//! Processes that fork. The child inherits the memory of brama and none of its threads.
//!
//! Each test runs in a child of this process, prepares something, forks again, and checks the
//! grandchild. One test runs at a time, because a fork between the operations of other threads may
//! copy a lock that they hold.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::{
    cell::RefCell,
    fs,
    future::Future,
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    pin::pin,
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use brama::{
    Breaker, Config, Registry, State,
    event::{EventCallback, EventDetail, EventKind},
    health::{CheckSchedule, HealthCheck},
    testing::ManualClock,
};
use fork::Fork;
use rustix::process::{
    Pid, Signal, WaitOptions, kill_process, set_parent_process_death_signal, waitpid,
};

const MOMENT: Duration = Duration::from_millis(20);
const INTERVAL: Duration = Duration::from_secs(10);
/// Far longer than anything in these tests takes.
const LONG: Duration = Duration::from_secs(60);

/// Runs a test in a process of its own: a child of this one, which never uses brama.
fn alone(test: impl FnOnce()) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    in_child(|| {
        // Not into libtest's buffer, which is lost with the process.
        panic::set_hook(Box::new(|panic| drop(writeln!(io::stderr(), "{panic}"))));
        test();
    });
}

/// Forks while all other threads sleep, and runs `check` in the child. If the child hangs, kills it
/// and fails.
fn in_child(check: impl FnOnce()) {
    wait_until(others_sleep);
    let child = match fork::fork().unwrap() {
        Fork::Child => {
            // Ends with its parent, if that one is killed.
            set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
            process::exit(i32::from(panic::catch_unwind(AssertUnwindSafe(check)).is_err()))
        }
        Fork::Parent(child) => Pid::from_raw(child).unwrap(),
    };
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(waitpid(Some(child), WaitOptions::empty()).unwrap()));
    let Ok(status) = ended.recv_timeout(LONG) else {
        kill_process(child, Signal::KILL).unwrap();
        panic!("the child hangs");
    };
    assert_eq!(status.unwrap().1.exit_status(), Some(0), "the child failed");
}

/// Whether every other thread of this process sleeps, and so holds no lock.
fn others_sleep() -> bool {
    let this = fs::read_link("/proc/thread-self").unwrap();
    let mut tasks = fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap());
    tasks.all(|task| {
        let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        let state = stat.rsplit_once(") ").map(|(_, rest)| rest.starts_with('S'));
        this.ends_with(task.file_name()) || state == Some(true)
    })
}

/// The threads of brama in this process, by name, sorted.
fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("comm")).ok());
    let names = names.map(|name| name.trim().to_owned());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("brama")).collect();
    names.sort();
    names
}

fn wait_until(holds: impl Fn() -> bool) {
    while !holds() {
        thread::yield_now();
    }
}

/// A new thread bears the name of its parent for a moment.
fn wait_for_threads(names: &[&str]) {
    wait_until(|| threads() == names);
}

const NONE: [&str; 0] = [];

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits as a task does. Returns whether the future was not ready at once.
fn block_on(future: impl Future<Output = ()>) -> bool {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    let mut has_waited = false;
    while future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
        has_waited = true;
        thread::park();
    }
    has_waited
}

/// A waker that counts its wake-ups.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

mod waits {
    use super::*;

    /// An open breaker on the system's clock.
    fn open(length: Duration) -> Breaker {
        let breaker = Registry::new().breaker("api");
        breaker.open_for(length, "test").unwrap();
        breaker
    }

    /// Waits for the timer, which needs its thread.
    fn wait_for_the_timer() {
        wait_until(|| block_on(open(MOMENT).ready()));
    }

    #[test]
    fn a_thread_that_waits_in_a_child_needs_no_other() {
        alone(|| {
            wait_for_the_timer();
            in_child(|| {
                assert!(open(MOMENT).wait_timeout(LONG));
                assert!(!open(LONG).wait_timeout(MOMENT));
                assert_eq!(threads(), NONE);
            });
        });
    }

    #[test]
    fn a_wait_in_a_child_starts_the_timer_again_for_waits_of_before_the_fork_too() {
        alone(|| {
            let woken = Arc::new(Woken::default());
            let waker = Waker::from(Arc::clone(&woken));
            let breaker = open(MOMENT);
            let mut ready = Box::pin(breaker.ready());
            let mut context = Context::from_waker(&waker);
            while ready.as_mut().poll(&mut context).is_ready() {
                breaker.open_for(10 * MOMENT, "test").unwrap();
                ready = Box::pin(breaker.ready());
            }
            in_child(|| {
                assert_eq!(threads(), NONE);
                wait_for_the_timer();
                wait_for_threads(&["brama-timer"]);
                wait_until(|| 0 < woken.0.load(Ordering::Relaxed));
                assert!(ready.as_mut().poll(&mut context).is_ready());
                in_child(|| {
                    wait_for_the_timer();
                    wait_for_threads(&["brama-timer"]);
                });
            });
            wait_for_threads(&["brama-timer"]);
        });
    }
}

mod callbacks {
    use super::*;

    fn states(registry: &Registry) -> (EventCallback, Receiver<State>) {
        let (sender, states) = mpsc::channel();
        let callback = registry.on_event(EventKind::StateChanged, move |event| {
            if let EventDetail::StateChanged { to, .. } = event.detail {
                sender.send(to).unwrap();
            }
        });
        (callback.unwrap(), states)
    }

    #[test]
    fn an_event_in_a_child_starts_every_thread_again_and_reaches_its_callback() {
        alone(|| {
            let registry = Registry::new();
            let (first, states_of_first) = states(&registry);
            let (second, states_of_second) = states(&registry);
            let (first, second) = (RefCell::new(Some(first)), RefCell::new(Some(second)));
            let breaker = registry.breaker("api");
            let both_receive = |state| {
                assert_eq!(states_of_first.recv(), Ok(state));
                assert_eq!(states_of_second.recv(), Ok(state));
            };
            breaker.open("test");
            both_receive(State::Open);
            in_child(|| {
                for _ in 0..100 {
                    breaker.close("test");
                    both_receive(State::Closed);
                    breaker.open("test");
                    both_receive(State::Open);
                    wait_for_threads(&["brama-callback", "brama-callback"]);
                }
                for callback in [&first, &second] {
                    assert!(callback.borrow().as_ref().is_some_and(EventCallback::is_running));
                }
                drop(first.take());
                wait_for_threads(&["brama-callback"]);
                in_child(|| {
                    breaker.close("test");
                    assert_eq!(states_of_second.recv(), Ok(State::Closed));
                    assert!(states_of_first.recv().is_err());
                });
                drop(second.take());
                wait_for_threads(&NONE);
            });
            breaker.force_open("test");
            assert_eq!(states_of_second.recv(), Ok(State::ForcedOpen));
        });
    }

    #[test]
    fn a_callback_that_runs_at_the_fork_ends_in_the_child_and_says_so() {
        alone(|| {
            let registry = Registry::new();
            let (sender, begun) = mpsc::channel();
            let (end, ends) = mpsc::channel::<()>();
            let callback = registry.on_event(EventKind::StateChanged, move |event| {
                sender.send(event.number).unwrap();
                let _ = ends.recv();
            });
            let callback = callback.unwrap();
            let breaker = registry.breaker("api");
            breaker.open("test");
            let number = begun.recv().unwrap();
            in_child(|| {
                assert!(!callback.is_running());
                breaker.close("test");
                assert_eq!(breaker.status().warnings, NONE);
                let (_callback, states) = states(&registry);
                breaker.open("test");
                assert_eq!(states.recv(), Ok(State::Open));
                wait_for_threads(&["brama-callback"]);
            });
            assert!(callback.is_running());
            drop(end);
            breaker.close("test");
            assert_eq!(begun.recv(), Ok(number + 1));
        });
    }
}

mod checks {
    use super::*;

    fn counted(runs: &Arc<AtomicUsize>) -> impl FnMut() -> Result<(), String> + Send + use<> {
        let runs = Arc::clone(runs);
        move || {
            runs.fetch_add(1, Ordering::Relaxed);
            Err("down".to_owned())
        }
    }

    #[test]
    fn an_event_in_a_child_starts_the_checks_again() {
        alone(|| {
            let (clock, runs) = (ManualClock::new(), Arc::default());
            let registry = Registry::with_clock(clock.clone());
            let breaker = registry.breaker("api");
            let check = registry.add_check("api", INTERVAL, counted(&runs)).unwrap();
            let check = RefCell::new(Some(check));
            let checked = |times| {
                wait_until(|| breaker.status().totals.failures == times);
                assert_eq!(runs.load(Ordering::Relaxed), usize::try_from(times).unwrap());
            };
            clock.advance(INTERVAL);
            checked(1);
            in_child(|| {
                assert_eq!(threads(), NONE);
                breaker.reset("test");
                for times in 2..5 {
                    clock.advance(INTERVAL);
                    checked(times);
                }
                wait_for_threads(&["brama-checks"]);
                assert!(check.borrow().as_ref().is_some_and(HealthCheck::is_running));
                in_child(|| {
                    clock.advance(INTERVAL);
                    checked(5);
                });
                drop(check.take());
                wait_for_threads(&NONE);
            });
            clock.advance(INTERVAL);
            checked(2);
        });
    }

    #[test]
    fn checks_on_the_system_clock_run_again_after_a_sweep() {
        alone(|| {
            let (registry, runs) = (Registry::new(), Arc::default());
            let _check =
                registry.add_check("api", Duration::from_millis(500), counted(&runs)).unwrap();
            in_child(|| {
                registry.sweep();
                let before = runs.load(Ordering::Relaxed);
                wait_until(|| before < runs.load(Ordering::Relaxed));
                wait_for_threads(&["brama-checks", "brama-timer"]);
            });
        });
    }

    #[test]
    fn a_check_that_runs_at_the_fork_ends_in_the_child_and_says_so() {
        alone(|| {
            let (clock, runs) = (ManualClock::new(), Arc::default());
            let registry = Registry::with_clock(clock.clone());
            let (sender, begun) = mpsc::channel();
            let (end, ends) = mpsc::channel::<()>();
            let hangs = move || {
                sender.send(()).unwrap();
                ends.recv().map_err(|_| "the end")
            };
            let schedule = CheckSchedule::every(INTERVAL);
            let hangs = registry.add_check("hangs", schedule, hangs).unwrap();
            let works = registry.add_check("works", schedule, counted(&runs)).unwrap();
            clock.advance(INTERVAL);
            begun.recv().unwrap();
            in_child(|| {
                assert!(!hangs.is_running() && works.is_running());
                let before = registry.breaker("hangs").status().totals.failures;
                for _ in 0..3 {
                    let before = runs.load(Ordering::Relaxed);
                    clock.advance(INTERVAL);
                    wait_until(|| before < runs.load(Ordering::Relaxed));
                }
                assert_eq!(registry.breaker("hangs").status().totals.failures, before);
            });
            assert!(hangs.is_running());
            end.send(()).unwrap();
        });
    }

    #[tokio::test]
    async fn a_check_that_is_a_future_ends_in_the_child_and_says_so() {
        alone(|| {
            let clock = ManualClock::new();
            let registry = Registry::with_clock(clock.clone());
            let check = || async { Ok::<_, String>(()) };
            let check: HealthCheck = registry.add_check_async("api", INTERVAL, check).unwrap();
            in_child(|| {
                assert!(!check.is_running());
                (0..3).for_each(|_| clock.advance(INTERVAL));
                assert_eq!(registry.breaker("api").status().totals.failures, 0);
            });
            assert!(check.is_running());
        });
    }
}

mod cleanup {
    use super::*;

    #[test]
    fn a_sweep_or_an_event_in_a_child_starts_the_cleanup_again() {
        alone(|| {
            let registry = Registry::new();
            registry.init(Config::new().cleanup_interval(Duration::from_millis(50))).unwrap();
            let mut states = registry.subscribe(EventKind::StateChanged);
            let mut next_state = || {
                let detail = states.next().unwrap().detail;
                let EventDetail::StateChanged { to, .. } = detail else { panic!("{detail}") };
                to
            };
            in_child(|| {
                assert_eq!(threads(), NONE);
                registry.sweep();
                wait_for_threads(&["brama-cleanup"]);
            });
            in_child(|| {
                registry.breaker("api").open_for(MOMENT, "test").unwrap();
                assert_eq!((next_state(), next_state()), (State::Open, State::HalfOpen));
                wait_for_threads(&["brama-cleanup"]);
                registry.stop_cleanup();
                wait_for_threads(&NONE);
                in_child(|| {
                    registry.breaker("api").open_for(MOMENT, "test").unwrap();
                    assert_eq!(threads(), NONE);
                });
            });
        });
    }
}

#[test]
fn a_child_of_a_process_without_threads_of_brama_starts_none() {
    alone(|| {
        let breaker = Registry::new().breaker("api");
        breaker.open("test");
        in_child(|| {
            breaker.close("test");
            assert_eq!((breaker.state(), threads()), (State::Closed, Vec::new()));
            assert!(matches!(
                pin!(breaker.ready()).poll(&mut Context::from_waker(Waker::noop())),
                Poll::Ready(())
            ));
        });
    });
}

#[test]
fn an_observer_is_called_in_a_child() {
    alone(|| {
        let registry = Registry::new();
        let observer = registry.observe(|_| panic::resume_unwind(Box::new("seen")));
        let breaker = registry.breaker("api");
        in_child(|| {
            breaker.open("test");
            assert_eq!(observer.panics(), 2);
        });
    });
}
