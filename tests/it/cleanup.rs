//! The cleanup, started by hand and by its thread.

use std::{
    fmt::Display,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use brama::{
    Config, Connection, Identity, PolicyPatch, Registry, State,
    circuit::Tick,
    clock::Clock,
    error::InitError,
    event::{EventDetail, EventKind, EventKinds},
    status::BreakerFilter,
    testing::{ManualClock, TestRegistry},
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const SOON: Duration = Duration::from_millis(1);
const NEVER: Duration = Duration::from_secs(1_000_000);
/// Far longer than any expected event takes.
const LONG: Duration = Duration::from_secs(60);

fn node(key: impl Display) -> Identity<'static> {
    Identity::new("node").with_key(key)
}

fn names(registry: &Registry) -> Vec<String> {
    registry
        .statuses(BreakerFilter::new())
        .iter()
        .map(|status| status.identity.to_string())
        .collect()
}

#[test]
fn a_keyed_breaker_is_evicted_once_it_has_counted_nothing_for_a_day() {
    let registry = TestRegistry::new();
    registry.breaker(node(1)).success();
    registry.sweep();
    registry.advance(HOUR * 23);
    registry.breaker(node(1)).success();
    registry.sweep();
    registry.advance(HOUR * 23);
    registry.sweep();
    assert_eq!(names(&registry), ["node[1]"]);
    registry.advance(HOUR);
    registry.sweep();
    assert!(names(&registry).is_empty());
    assert_eq!(registry.totals("node").unwrap().successes, 2);
}

#[test]
fn creating_a_breaker_counts_as_activity() {
    let registry = TestRegistry::new();
    registry.advance(HOUR * 48);
    drop(registry.breaker(node(1)));
    registry.sweep();
    assert_eq!(names(&registry), ["node[1]"]);
    registry.advance(HOUR * 24);
    registry.sweep();
    assert!(names(&registry).is_empty());
}

#[test]
fn the_inactive_threshold_is_configurable() {
    let registry = TestRegistry::new();
    registry.init(Config::new().inactive_threshold(HOUR).cleanup_interval(None)).unwrap();
    drop(registry.breaker(node(1)));
    registry.advance(Duration::from_secs(60 * 60 - 1));
    registry.sweep();
    assert_eq!(names(&registry), ["node[1]"]);
    registry.advance(Duration::from_secs(1));
    registry.sweep();
    assert!(names(&registry).is_empty());
}

#[test]
fn a_breaker_that_is_open_held_or_set_up_by_hand_is_never_evicted() {
    let registry = TestRegistry::new();
    registry.breaker("no key").success();
    let held = registry.breaker(node("held"));
    registry.breaker(node("open")).open_for(HOUR * 24 * 7, "a test").unwrap();
    registry.configure(node("configured"), PolicyPatch::new()).unwrap();
    registry.breaker(node("configured")).success();
    let _ = registry.register(node("registered"), Connection::new()).unwrap();
    registry.breaker(node("idle")).success();
    for _ in 0..3 {
        registry.advance(HOUR * 24);
        registry.sweep();
    }
    let all = names(&registry);
    let kept = ["configured", "held", "open", "registered"].map(|key| format!("node[{key}]"));
    assert_eq!(all.split_first().unwrap(), (&"no key".to_owned(), &kept[..]));
    drop(held);
    registry.close(node("open"), "a test").unwrap();
    assert!(registry.unregister(node("registered")));
    registry.sweep();
    assert_eq!(names(&registry), ["no key", "node[configured]"]);
    assert!(registry.unconfigure(node("configured")));
    registry.sweep();
    assert_eq!(names(&registry), ["no key"]);
}

/// Runs the cleanup once a day.
fn sweep_daily(registry: &TestRegistry, days: u32) {
    for _ in 0..days {
        registry.advance(HOUR * 24);
        registry.sweep();
    }
}

#[test]
fn a_closed_breaker_that_was_idle_for_a_day_is_evicted_whatever_it_remembers() {
    let registry = TestRegistry::new();
    let rated = PolicyPatch::new().failure_rate(100).minimum_calls(9);
    registry.configure("rated", rated).unwrap();
    let rated = Identity::new("rated").with_key(1);
    for key in [node(1), rated] {
        registry.breaker(&key).failure("once");
    }
    sweep_daily(&registry, 1);
    assert_eq!(names(&registry), ["node[1]", "rated[1]"]);
    sweep_daily(&registry, 1);
    assert!(names(&registry).is_empty());
}

#[test]
fn an_opening_of_a_key_is_over_and_idle_for_as_long_before_the_key_is_evicted() {
    let registry = TestRegistry::new();
    let open =
        |key, days| registry.breaker(node(key)).open_for(HOUR * 24 * days, "a test").unwrap();
    open("short", 1);
    open("long", 2);
    registry.breaker(node("forced")).force_open("a test");
    registry.breaker(node("disabled")).disable("a test");
    let kept =
        || names(&registry).into_iter().filter(|name| !name.contains("d]")).collect::<Vec<_>>();
    sweep_daily(&registry, 1);
    assert_eq!(kept(), ["node[long]"]);
    assert!(registry.breaker(node("long")).try_acquire().is_err());
    sweep_daily(&registry, 1);
    assert_eq!(registry.status(node("long")).unwrap().state, State::HalfOpen);
    sweep_daily(&registry, 1);
    assert_eq!(kept(), ["node[long]"]);
    sweep_daily(&registry, 1);
    assert_eq!(names(&registry), ["node[disabled]", "node[forced]"]);
}

#[test]
fn an_evicted_key_comes_back_with_its_next_call() {
    let registry = TestRegistry::new();
    let mut events = registry.subscribe(EventKinds::CHANGES);
    registry.breaker(node(1)).success();
    registry.advance(HOUR * 24);
    registry.sweep();
    registry.advance(HOUR * 24);
    registry.sweep();
    assert!(registry.find(node(1)).is_none());
    registry.breaker(node(1)).success();
    let received =
        std::iter::from_fn(|| events.try_recv()).map(|event| (event.kind(), event.number));
    let registered = (EventKind::Registered, 1);
    assert_eq!(received.collect::<Vec<_>>(), [registered, (EventKind::Removed, 2), registered]);
}

/// A registry on a manual clock, whose cleanup runs continuously.
fn swept() -> (Registry, ManualClock) {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    registry.init(Config::new().cleanup_interval(SOON)).unwrap();
    (registry, clock)
}

#[test]
fn the_cleanup_thread_announces_on_time_that_an_opening_is_over() {
    let (registry, clock) = swept();
    registry.breaker("api").open("a test");
    let mut changes = registry.subscribe(EventKind::StateChanged);
    clock.advance(LONG);
    let change = changes.recv_timeout(LONG).unwrap();
    let EventDetail::StateChanged { from, to, .. } = change.detail else { panic!("{change:?}") };
    assert_eq!((from, to), (State::Open, State::HalfOpen));
    assert_eq!(registry.status("api").unwrap().state, State::HalfOpen);
}

#[test]
fn the_cleanup_thread_evicts_idle_keys() {
    let (registry, clock) = swept();
    let mut removed = registry.subscribe(EventKind::Removed);
    drop(registry.breaker(node(1)));
    clock.advance(HOUR * 24);
    assert_eq!(removed.recv_timeout(LONG).unwrap().identity, node(1));
}

/// A clock whose first `panics` readings on the cleanup thread panic.
#[derive(Debug, Default)]
struct Broken {
    panics: AtomicU64,
    clock: ManualClock,
}

impl Clock for Broken {
    fn now(&self) -> Tick {
        let is_cleanup = std::thread::current().name() == Some("brama-cleanup");
        let less = |panics: u64| panics.checked_sub(1);
        if is_cleanup
            && self.panics.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
        {
            // Unlike `panic!`, this prints nothing to standard error.
            std::panic::resume_unwind(Box::new("a test"));
        }
        self.clock.now()
    }
}

#[test]
fn the_cleanup_thread_survives_a_panic_of_the_clock() {
    let clock = Arc::new(Broken { panics: AtomicU64::new(3), clock: ManualClock::new() });
    let registry = Registry::with_clock(Arc::clone(&clock));
    registry.breaker("api").open("a test");
    let mut changes = registry.subscribe(EventKind::StateChanged);
    clock.clock.advance(LONG);
    registry.init(Config::new().cleanup_interval(SOON)).unwrap();
    assert!(changes.recv_timeout(LONG).is_some());
    assert_eq!(clock.panics.load(Ordering::Relaxed), 0);
}

/// A clock that sends a message when it is dropped with the last registry that reads it.
#[derive(Debug)]
struct Mortal(mpsc::Sender<()>);

impl Clock for Mortal {
    fn now(&self) -> Tick {
        Tick::ORIGIN
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[test]
fn the_cleanup_thread_keeps_no_registry_alive() {
    for interval in [NEVER, SOON] {
        let (sender, dropped) = mpsc::channel();
        let registry = Registry::with_clock(Mortal(sender));
        registry.init(Config::new().cleanup_interval(interval)).unwrap();
        registry.breaker(node(1)).success();
        drop(registry);
        assert_eq!(dropped.recv_timeout(LONG), Ok(()));
    }
}

#[test]
fn a_reload_changes_the_interval_of_the_cleanup_that_runs() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    registry.init(Config::new().cleanup_interval(NEVER)).unwrap();
    registry.breaker("api").open("a test");
    let mut changes = registry.subscribe(EventKind::StateChanged);
    clock.advance(LONG);
    registry.reload(Config::new().cleanup_interval(SOON)).unwrap();
    assert!(changes.recv_timeout(LONG).is_some());
}

#[test]
fn a_cleanup_interval_is_at_least_a_millisecond_and_whole_milliseconds() {
    let registry = Registry::new();
    for (micros, shown) in [(0, "0ms"), (1_500, "1.5ms")] {
        let interval = Duration::from_micros(micros);
        let config = Config::new().cleanup_interval(interval);
        let error = registry.init(config.clone()).unwrap_err();
        let text = format!(
            "invalid configuration\n  cleanup_interval: the duration is {shown}, must be whole \
             milliseconds, at least 1 ms"
        );
        assert_eq!(error.to_string(), text);
        assert!(matches!(error, InitError::Invalid { config: back, .. } if back == config));
    }
    assert!(registry.init(Config::new().cleanup_interval(None)).is_ok());
}

#[test]
fn the_cleanup_closes_a_circuit_whose_ramp_is_over() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("search");
    breaker.configure(PolicyPatch::new().ramp(Duration::from_secs(20))).unwrap();
    breaker.open("outage");
    registry.advance(Duration::from_secs(60));
    breaker.success();
    for state in [State::HalfOpen, State::Closed] {
        registry.sweep();
        assert_eq!(breaker.state(), state);
        registry.advance(Duration::from_secs(20));
    }
}
