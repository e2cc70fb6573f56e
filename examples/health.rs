//! Three dependencies, their checks and their health: `cargo run --example health`.

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::{
    error::Error,
    io::{self, ErrorKind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use brama::{
    Health, PolicyPatch,
    event::EventKind,
    health::{CheckSchedule, HealthCheck, HealthThresholds},
    status::BreakerFilter,
    testing::TestRegistry,
};

/// A dependency that is up or down.
#[derive(Clone, Default)]
struct Dependency(Arc<AtomicBool>);

impl Dependency {
    fn set_up(&self, up: bool) {
        self.0.store(up, Ordering::Relaxed);
    }

    /// What a check does: a connection, a `SELECT 1`, a GET of `/health`.
    fn ping(&self) -> Result<(), io::Error> {
        if self.0.load(Ordering::Relaxed) {
            Ok(())
        } else {
            Err(ErrorKind::ConnectionRefused.into())
        }
    }
}

const INTERVAL: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    // A real program uses `brama::add_check` and `brama::health`; here a test moves the clock.
    let registry = TestRegistry::new();
    let mut changes = registry.subscribe(EventKind::StateChanged);
    let checked = |name: &'static str| -> Result<(Dependency, HealthCheck), Box<dyn Error>> {
        let dependency = Dependency::default();
        dependency.set_up(true);
        let checked = dependency.clone();
        registry.configure(name, PolicyPatch::new().failure_threshold(1))?;
        let schedule = CheckSchedule::every(INTERVAL).timeout(INTERVAL * 1_000);
        Ok((dependency, registry.add_check(name, schedule, move || checked.ping())?))
    };
    let (_orders, (ledger, _check), _search) =
        (checked("orders")?, checked("ledger")?, checked("search")?);
    println!("{}", registry.health(BreakerFilter::new()));

    ledger.set_up(false);
    registry.advance(INTERVAL);
    println!("{}", changes.next().ok_or("the registry exists")?);
    let health = registry.health(BreakerFilter::new());
    println!("{health}");
    assert!(matches!(health, Health::Degraded(_)));
    let strict = HealthThresholds { degraded: 0, down: 30 };
    println!("{}", health.under(strict));

    ledger.set_up(true);
    registry.advance(INTERVAL);
    println!("{}", changes.next().ok_or("the registry exists")?);
    // The check has shown that a port answers. That calls work is shown by a call.
    registry.breaker("ledger").call(|| ledger.ping())?;
    println!("{}", changes.next().ok_or("the registry exists")?);
    let health = registry.health(BreakerFilter::new());
    println!("{health}");
    assert!(matches!(health, Health::Up(_)));
    Ok(())
}
