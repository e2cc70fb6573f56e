//! User code that calls back into brama while brama calls it. No lock is held then.

use std::{
    fmt,
    future::Future,
    pin::pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    task::{Context, Wake, Waker},
    thread,
    time::{Duration, SystemTime},
};

use brama::{
    CircuitOpen, Config, Connection, Identity, PolicyPatch, Registry,
    circuit::Tick,
    circuit_breaker,
    clock::Clock,
    event::{EventFilter, EventKind},
    status::BreakerFilter,
};

/// Returns whether `run` finishes within a minute. A deadlocked `run` does not.
fn ends(run: impl FnOnce() + Send + 'static) -> bool {
    const LONG: Duration = Duration::from_secs(60);
    let (sender, finished) = mpsc::channel();
    thread::spawn(move || {
        run();
        sender.send(()).unwrap();
    });
    finished.recv_timeout(LONG).is_ok()
}

/// A clock that reads its registry and creates another breaker whenever it is read.
#[derive(Default)]
struct Curious {
    registry: OnceLock<Registry>,
    looks: AtomicBool,
}

impl Curious {
    fn look(&self) {
        if let Some(registry) = self.registry.get()
            && !self.looks.swap(true, Ordering::Relaxed)
        {
            for status in registry.statuses(BreakerFilter::new()) {
                let _ = registry.totals(&status.identity);
            }
            let seen =
                Identity::new("seen").with_key(registry.statuses(BreakerFilter::new()).len());
            registry.breaker(seen).success();
            self.looks.store(false, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Curious {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Curious").finish_non_exhaustive()
    }
}

impl Clock for Curious {
    fn now(&self) -> Tick {
        self.look();
        Tick::ORIGIN
    }

    fn calendar(&self) -> SystemTime {
        self.look();
        SystemTime::UNIX_EPOCH
    }
}

/// Calls everything that reads a clock.
fn use_all(registry: &Registry) -> Result<(), CircuitOpen> {
    let breaker = registry.breaker("api");
    breaker.call(|| Ok::<_, ()>(())).unwrap();
    breaker.call(|| Err::<(), _>(())).unwrap_err();
    drop(breaker.try_acquire()?);
    breaker.try_acquire()?.ignore();
    breaker.success();
    breaker.failure("a test");
    breaker.configure(PolicyPatch::new().failure_rate(50)).unwrap();
    breaker.open("a test");
    assert!(breaker.try_acquire().is_err() && !breaker.is_available());
    assert!(!breaker.wait_timeout(Duration::ZERO));
    breaker.reset("a test");
    registry.register("db", Connection::new()).unwrap();
    registry.init(Config::new().cleanup_interval(None)).unwrap();
    registry.shadow_all(true);
    registry.sweep();
    assert!(registry.unregister("api"));
    registry.breaker("api").call(|| Ok::<_, ()>(())).unwrap();
    Ok(())
}

#[test]
fn a_clock_may_call_back_into_brama_whenever_it_is_read() {
    let clock = Arc::new(Curious::default());
    let registry = Registry::with_clock(Arc::clone(&clock));
    clock.registry.set(registry.clone()).unwrap();
    let events = registry.subscribe(EventFilter::new());
    assert!(ends(move || use_all(&registry).unwrap()));
    drop(events);
}

#[test]
fn a_waker_of_the_first_call_of_a_function_may_call_the_function() {
    #[circuit_breaker(identifier = "calls_back")]
    fn decorated() -> Result<(), CircuitOpen> {
        Ok(())
    }

    struct Calls;

    impl Wake for Calls {
        fn wake(self: Arc<Self>) {
            decorated().unwrap();
        }
    }

    let filter = EventFilter::from(EventKind::Registered).identifier("calls_back");
    let mut events = brama::subscribe(filter);
    let waker = Waker::from(Arc::new(Calls));
    assert!(pin!(events.recv()).poll(&mut Context::from_waker(&waker)).is_pending());
    assert!(ends(|| decorated().unwrap()));
    assert_eq!(brama::status("calls_back").unwrap().totals.successes, 2);
}
