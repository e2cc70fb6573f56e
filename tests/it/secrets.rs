//! The setting `reasons`: what is recorded of a failure's reason, so that no secret of one caller
//! shows in the rejection of another.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use brama::{
    Breaker, CircuitOpen, Config, Outcome, PolicyPatch, TimedOut, circuit_breaker,
    config::Reasons,
    event::{EventKind, EventKinds},
    outcome::Abandoned,
    testing::TestRegistry,
};

use crate::events::drain;

const SECRET: &str = "token=hunter2";

fn recording(reasons: Reasons) -> TestRegistry {
    let registry = TestRegistry::new();
    let defaults = PolicyPatch::new().failure_threshold(1).abandoned(Abandoned::Failure);
    let config = Config::new().reasons(reasons).defaults(defaults);
    registry.init(config.cleanup_interval(None)).unwrap();
    registry
}

#[derive(Debug, thiserror::Error)]
enum CallFailed {
    #[error("GET /?{SECRET} failed")]
    Sent,
    #[error(transparent)]
    Open(#[from] CircuitOpen),
    #[error(transparent)]
    Late(#[from] TimedOut),
}

#[circuit_breaker(identifier = "it", registry = registry)]
fn decorated(registry: &TestRegistry) -> Result<(), CallFailed> {
    Err(CallFailed::Sent)
}

#[circuit_breaker(identifier = "it", registry = registry, ignore_if = |_| false)]
fn with_an_option(registry: &TestRegistry) -> Result<(), CallFailed> {
    Err(CallFailed::Sent)
}

#[circuit_breaker(identifier = "it", registry = registry, timeout = "1ms")]
async fn too_late(registry: &TestRegistry) -> Result<(), CallFailed> {
    std::future::pending().await
}

/// The ways in which a failure is reported, each with what is recorded as text and as type.
type Route = (fn(&TestRegistry, &Breaker), &'static str, &'static str);

const TYPE: &str = "it::secrets::CallFailed";

const ROUTES: [Route; 9] = [
    (|it, _| drop(decorated(it)), "GET /?token=hunter2 failed", TYPE),
    (|it, _| drop(with_an_option(it)), "GET /?token=hunter2 failed", TYPE),
    (|_, it| it.failure(SECRET.to_owned()), SECRET, "text not recorded"),
    (|_, it| it.failure("refused"), "refused", "refused"),
    (
        |_, it| it.try_acquire().unwrap().record(Outcome::failure(format!("{SECRET}!"))),
        "token=hunter2!",
        "text not recorded",
    ),
    (
        |it, _| it.failure("it", format!("{SECRET}!")).unwrap(),
        "token=hunter2!",
        "text not recorded",
    ),
    (
        |_, it| {
            let unwind = || std::panic::resume_unwind(Box::new(SECRET));
            drop(catch_unwind(AssertUnwindSafe(|| it.call(|| -> Result<(), ()> { unwind() }))));
        },
        "panic",
        "panic",
    ),
    (|_, it| drop(it.try_acquire().unwrap()), "abandoned", "abandoned"),
    (
        |it, _| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            drop(runtime.unwrap().block_on(too_late(it)));
        },
        "timed out after 1 ms",
        "timed out after 1 ms",
    ),
];

#[test]
fn a_reason_is_recorded_as_text_as_type_or_not_at_all() {
    for (fail, text, name) in ROUTES {
        let own = ["panic", "abandoned", "timed out after 1 ms"];
        let none = if own.contains(&text) { text } else { "not recorded" };
        for (reasons, expected) in
            [(Reasons::Text, text), (Reasons::Type, name), (Reasons::None, none)]
        {
            let registry = recording(reasons);
            let breaker = registry.breaker("it");
            fail(&registry, &breaker);
            let status = breaker.status();
            assert_eq!(status.reasons, [expected], "{reasons} {text}");
        }
    }
}

#[test]
fn no_secret_shows_in_a_rejection_an_event_or_a_status() {
    for reasons in [Reasons::Type, Reasons::None] {
        for (fail, ..) in ROUTES {
            let registry = recording(reasons);
            let mut events = registry.subscribe(EventKinds::ALL);
            let breaker = registry.breaker("it");
            fail(&registry, &breaker);
            let rejection = breaker.try_acquire().unwrap_err();
            let source = std::error::Error::source(&rejection).unwrap();
            let status = breaker.status();
            let mut shown = vec![
                format!("{rejection} {rejection:?} {source} {source:?} {:?}", rejection.cause()),
                format!("{status} {status:?} {}", serde_json::to_string(&status).unwrap()),
            ];
            let events = drain(&mut events);
            assert!(events.iter().any(|event| event.kind() == EventKind::Failure));
            shown.extend(events.iter().map(|event| format!("{event} {event:?}")));
            assert!(shown.iter().all(|shown| !shown.contains("hunter2")), "{shown:?}");
        }
    }
}

#[test]
fn a_failed_check_is_recorded_as_text_as_type_or_not_at_all() {
    for (reasons, expected) in [
        (Reasons::Text, "health check: token=hunter2"),
        (Reasons::Type, "std::io::error::Error"),
        (Reasons::None, "not recorded"),
    ] {
        let registry = recording(reasons);
        let mut events = registry.subscribe(EventKind::Failure);
        let every = Duration::from_secs(1);
        let check =
            registry.add_check("it", every, || Err::<(), _>(io::Error::other(SECRET))).unwrap();
        registry.advance(every);
        let event = events.recv_timeout(Duration::from_secs(60)).unwrap();
        assert!(event.to_string().ends_with(expected), "{event}");
        drop(check);
    }
}

#[test]
fn a_reload_changes_how_reasons_are_recorded() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("it");
    for (reasons, changed) in [
        (Reasons::Type, "registry: reasons from text to type"),
        (Reasons::None, "registry: reasons from type to none"),
        (Reasons::Text, "registry: reasons from none to text"),
    ] {
        let reloaded = registry.reload(Config::new().reasons(reasons)).unwrap();
        assert_eq!(reloaded.to_string(), changed);
        breaker.failure(SECRET.to_owned());
    }
    assert_eq!(breaker.status().reasons, ["not recorded", "not recorded", SECRET]);
}

#[test]
fn a_reload_that_records_less_forgets_what_was_recorded() {
    for reasons in [Reasons::Type, Reasons::None] {
        let registry = recording(Reasons::Text);
        let breaker = registry.breaker("it");
        breaker.failure(SECRET.to_owned());
        let rejected = breaker.try_acquire().unwrap_err();
        assert!(format!("{:?}", rejected.cause()).contains(SECRET));
        registry.reload(Config::new().reasons(reasons)).unwrap();
        let status = breaker.status();
        breaker.close("a test");
        (0..10).for_each(|_| breaker.failure("refused"));
        let shown = format!("{:?} {status:?} {:?}", rejected.cause(), breaker.status());
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[test]
fn an_event_that_was_sent_before_a_reload_keeps_its_reason() {
    let registry = recording(Reasons::Text);
    let mut events = registry.subscribe(EventKind::Failure);
    registry.breaker("it").failure(SECRET.to_owned());
    registry.reload(Config::new().reasons(Reasons::None)).unwrap();
    assert!(events.try_recv().unwrap().to_string().contains(SECRET));
}

#[test]
fn the_reason_of_an_operator_is_always_recorded() {
    let registry = recording(Reasons::None);
    let breaker = registry.breaker("it");
    breaker.force_open(format!("maintenance {}", 7));
    assert!(breaker.status().to_string().ends_with("maintenance 7"));
}
