//! Connections: registration, unregistration, revival, and reports and actions by identity.

use std::time::Duration;

use brama::{
    CircuitOpen, Config, Connection, ConnectionKind, Identity, PolicyPatch, Registry, State,
    circuit::By,
    circuit_breaker,
    error::{OpenForError, RegisterError},
    event::{EventFilter, EventKind, EventKinds},
    status::SettingName,
    testing::{ManualClock, TestRegistry},
};

use crate::circuit_open::PlainError;

fn payments() -> Connection {
    Connection::new()
        .kind(ConnectionKind::HTTP)
        .label("team", "payments")
        .label("region", String::from("eu"))
        .policy(PolicyPatch::new().failure_threshold(3))
}

#[test]
fn a_status_shows_the_kind_labels_and_policy_of_the_registration() {
    let registry = Registry::new();
    let breaker = registry.register("payment_api", payments()).unwrap();
    let status = breaker.status();
    assert_eq!(status.kind, Some(ConnectionKind::HTTP));
    assert_eq!(status.labels.to_string(), "region=eu, team=payments");
    assert_eq!(status.policy.failure_threshold(), Some(3));
    assert!(registry.find("payment_api").is_some());
}

#[test]
fn registering_an_identity_twice_is_rejected_and_changes_nothing() {
    let registry = Registry::new();
    let breaker = registry.register("payment_api", payments()).unwrap();
    breaker.force_open("a test");
    let other = Connection::new().kind(ConnectionKind::CACHE);
    let error = registry.register("payment_api", other.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`payment_api` is registered or in use already: register it before its first call, or \
         unregister it"
    );
    assert_eq!(error.into_connection(), other);
    assert_eq!(breaker.status().kind, Some(ConnectionKind::HTTP));
    assert_eq!(breaker.state(), State::ForcedOpen);
}

#[test]
fn registering_an_identity_in_use_is_rejected() {
    let registry = Registry::new();
    registry.breaker("used").success();
    let error = registry.register("used", payments()).unwrap_err();
    assert!(matches!(error, RegisterError::AlreadyRegistered { .. }));
    assert_eq!(error.identity(), &Identity::new("used"));
}

#[test]
fn an_invalid_connection_is_rejected_with_every_mistake_and_may_be_corrected() {
    let registry = Registry::new();
    let wrong = Connection::new().policy(PolicyPatch::new().failure_threshold(0).failure_rate(101));
    let error = registry.register("payment_api", wrong).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`payment_api` has an invalid policy
  `failure_threshold` is 0, must be at least 1, or off
  `failure_rate` is 101, must be a percentage from 0.01 to 100 with at most two decimals, or off"
    );
    assert!(registry.register("payment_api", payments()).is_ok());
}

#[test]
fn a_look_up_keeps_the_state_and_labels_of_a_registered_breaker() {
    let registry = Registry::new();
    registry.register("payment_api", payments()).unwrap().force_open("a test");
    let status = registry.breaker("payment_api").status();
    assert_eq!((status.state, status.labels.get("team")), (State::ForcedOpen, Some("payments")));
}

#[test]
fn one_identifier_in_two_scopes_is_two_connections() {
    let registry = Registry::new();
    let [eu, us] = ["eu", "us"].map(|scope| Identity::new("bank").in_scope(scope));
    registry.register(&eu, payments()).unwrap();
    registry.register(&us, Connection::new()).unwrap();
    registry.force_open(&eu, "a test").unwrap();
    assert_eq!(registry.are_available([&eu, &us, &Identity::new("bank")]), [false, true, false]);
}

#[test]
fn an_unregistered_breaker_is_found_nowhere() {
    let registry = Registry::new();
    let _breaker = registry.register("payment_api", payments()).unwrap();
    assert!(registry.unregister("payment_api"));
    assert!(registry.find("payment_api").is_none());
    assert!(registry.status("payment_api").is_none());
    assert!(registry.statuses(brama::status::BreakerFilter::new()).is_empty());
    assert!(!registry.is_available("payment_api"));
    assert!(registry.success("payment_api").is_err());
}

#[test]
fn only_what_is_registered_can_be_unregistered() {
    let registry = Registry::new();
    assert!(!registry.unregister("unknown"));
    let _breaker = registry.breaker("once");
    assert!(registry.unregister("once"));
    assert!(!registry.unregister("once"));
}

#[test]
fn the_next_call_through_an_old_handle_revives_the_breaker_closed() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.register("payment_api", payments()).unwrap();
    breaker.failure("before");
    breaker.force_open("before");
    assert!(registry.unregister("payment_api"));
    clock.advance(Duration::from_secs(5));
    assert_eq!(breaker.call(|| Ok::<_, ()>(7)), Ok(7));
    let status = registry.status("payment_api").unwrap();
    assert_eq!((status.state, status.failures, status.successes), (State::Closed, 0, 1));
    assert_eq!((status.kind, status.cause, status.opening), (None, None, None));
    assert!(status.labels.is_empty() && status.reasons.is_empty());
    assert_eq!(status.policy.failure_threshold(), Some(10));
    assert_eq!(status.since.as_nanos(), 5_000_000_000);
    assert_eq!((status.totals.failures, status.totals.successes), (1, 1));
}

#[test]
fn a_look_up_by_name_and_a_registration_revive_a_breaker() {
    let registry = Registry::new();
    let old = registry.breaker("payment_api");
    assert!(registry.unregister("payment_api"));
    let new = registry.register("payment_api", payments()).unwrap();
    new.force_open("a test");
    assert_eq!(old.state(), State::ForcedOpen);
    assert!(registry.unregister("payment_api"));
    assert_eq!(registry.breaker("payment_api").state(), State::Closed);
    assert!(registry.find("payment_api").is_some());
}

#[test]
fn a_decorated_function_revives_its_breaker_with_the_settings_of_its_attribute() {
    #[circuit_breaker(identifier = "revived by its site", success_threshold = 3)]
    fn call() -> Result<(), PlainError> {
        Ok(())
    }

    let name = "revived by its site";
    call().unwrap();
    brama::breaker(name).force_open("a test");
    assert!(call().is_err());
    assert!(brama::unregister(name));
    assert!(brama::find(name).is_none());
    assert_eq!(call(), Ok(()));
    let status = brama::status(name).unwrap();
    assert_eq!((status.state, status.totals.successes), (State::Closed, 2));
    assert_eq!(status.policy.success_threshold(), 3);
}

#[test]
fn reading_an_old_handle_revives_nothing() {
    let registry = Registry::new();
    let breaker = registry.breaker("payment_api");
    breaker.force_open("a test");
    assert!(registry.unregister("payment_api"));
    assert!(breaker.is_available());
    assert_eq!((breaker.state(), breaker.status().state), (State::Closed, State::Closed));
    breaker.configure(PolicyPatch::new().failure_threshold(1)).unwrap();
    registry.sweep();
    assert!(registry.find("payment_api").is_none());
}

#[test]
fn a_permit_from_before_the_unregistration_is_late_and_revives_nothing() {
    let registry = Registry::new();
    let breaker = registry.breaker("payment_api");
    breaker.configure(PolicyPatch::new().failure_threshold(1)).unwrap();
    let [first, second, third] = [(), (), ()].map(|()| breaker.try_acquire().unwrap());
    assert!(registry.unregister("payment_api"));
    first.failure("too late");
    assert!(registry.find("payment_api").is_none());
    breaker.success();
    second.failure("too late");
    third.success();
    let status = registry.status("payment_api").unwrap();
    assert_eq!((status.state, status.failures, status.successes), (State::Closed, 0, 1));
    assert_eq!((status.totals.late, status.totals.failures), (3, 2));
}

#[test]
fn configuration_by_hand_outlives_the_registration() {
    let registry = Registry::new();
    let breaker = registry.register("payment_api", payments()).unwrap();
    registry.configure("payment_api", PolicyPatch::new().success_threshold(5)).unwrap();
    assert!(registry.unregister("payment_api"));
    breaker.success();
    let policy = breaker.status().policy;
    assert_eq!((policy.failure_threshold(), policy.success_threshold()), (Some(10), 5));
}

#[test]
fn an_unknown_name_is_reported_with_a_suggestion() {
    let registry = Registry::new();
    let _known = registry.breaker(Identity::new("payment_api"));
    let _other = registry.breaker(Identity::new("search").in_scope("shop"));
    let error_text = |identity: Identity<'_>| registry.success(identity).unwrap_err().to_string();
    assert_eq!(
        error_text(Identity::new("paymnt_api")),
        "no breaker is known as `paymnt_api`; did you mean `payment_api`?"
    );
    assert_eq!(
        error_text(Identity::new("search")),
        "no breaker is known as `search`; did you mean `shop/search`?"
    );
    assert_eq!(error_text(Identity::new("mail")), "no breaker is known as `mail`");
}

#[test]
fn every_report_and_action_by_identity_reaches_its_breaker_and_no_unknown_one() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    registry.success("a").unwrap();
    registry.failure("a", "a test").unwrap();
    let totals = breaker.status().totals;
    assert_eq!((totals.successes, totals.failures), (1, 1));
    registry.open("a", "a test").unwrap();
    assert_eq!(breaker.state(), State::Open);
    registry.close("a", "a test").unwrap();
    assert_eq!(breaker.state(), State::Closed);
    let second = Duration::from_secs(1);
    registry.open_for("a", second, "a test").unwrap();
    assert_eq!(breaker.status().cause.unwrap().duration.unwrap().duration, second);
    registry.force_open("a", "a test").unwrap();
    assert_eq!(breaker.state(), State::ForcedOpen);
    registry.disable("a", "a test").unwrap();
    assert_eq!(breaker.state(), State::Disabled);
    registry.reset("a", "a test").unwrap();
    assert_eq!(breaker.state(), State::Closed);

    let none = "unknown";
    assert!(registry.success(none).is_err() && registry.failure(none, "a test").is_err());
    assert!(registry.open(none, "a test").is_err() && registry.close(none, "a test").is_err());
    assert!(registry.force_open(none, "a test").is_err());
    assert!(registry.reset(none, "a test").is_err() && registry.disable(none, "a test").is_err());
    let unknown = registry.open_for(none, second, "a test").unwrap_err();
    assert!(matches!(unknown, OpenForError::UnknownBreaker(_)));
    let wrong = registry.open_for("a", Duration::ZERO, "a test").unwrap_err();
    assert!(matches!(wrong, OpenForError::InvalidLength(_)));
    assert!(registry.find(none).is_none());
}

#[test]
fn an_action_names_its_actor_if_one_is_given() {
    let breaker = Registry::new().breaker("payment_api");
    breaker.force_open(By::actor("alice", "maintenance"));
    let cause = breaker.status().cause.unwrap();
    let (_, by) = cause.by_hand.clone().unwrap();
    assert_eq!(by.who().unwrap(), &"alice");
    assert_eq!(by.reason(), &"maintenance");
    assert_eq!(
        breaker.status().to_string(),
        "payment_api is forced open: by alice (force_open): maintenance"
    );
    breaker.open("an outage");
    assert_eq!(breaker.status().cause.unwrap().to_string(), "by hand (open): an outage");
}

#[test]
fn the_type_of_an_attribute_is_the_kind_of_its_connection() {
    #[circuit_breaker(identifier = "typed", type = "http")]
    fn call() -> Result<(), PlainError> {
        Ok(())
    }

    call().unwrap();
    assert_eq!(brama::status("typed").unwrap().kind, Some(ConnectionKind::HTTP));
}

#[test]
fn every_setting_has_its_layer_in_the_status() {
    let registry = Registry::new();
    let status = registry.register("payment_api", payments()).unwrap().status();
    assert_eq!(status.settings.iter().count(), SettingName::ALL.len());
    let shown = status.settings.to_string();
    let lines: Vec<_> = shown.lines().take(2).collect();
    assert_eq!(lines, ["failure_threshold = 3 (register)", "expiry = 1m (built in)"]);
}

#[test]
fn each_step_of_a_breakers_life_is_announced_once() {
    let registry = Registry::new();
    let mut events = registry.subscribe(EventKinds::CHANGES);
    let breaker = registry.register("payment_api", payments()).unwrap();
    assert!(registry.unregister("payment_api") && !registry.unregister("payment_api"));
    registry.configure("payment_api", PolicyPatch::new().success_threshold(2)).unwrap();
    breaker.success();
    registry.configure("payment_api", PolicyPatch::new().minimum_calls(10)).unwrap();
    let defaults = PolicyPatch::new().half_open_limit(2);
    registry.init(Config::new().defaults(defaults)).unwrap();
    registry.configure("payment_api", PolicyPatch::new().half_open_limit(2)).unwrap();
    let received: Vec<_> = std::iter::from_fn(|| events.try_recv()).collect();
    let kinds: Vec<_> = received.iter().map(|event| (event.number, event.kind())).collect();
    assert_eq!(
        kinds,
        [
            (1, EventKind::Registered),
            (2, EventKind::Unregistered),
            (3, EventKind::Registered),
            (4, EventKind::Configured),
            (5, EventKind::Configured),
        ]
    );
    assert_eq!(
        received[3].to_string(),
        "payment_api was configured; minimum_calls from 100 to 10; `minimum_calls` (10, configure) does nothing: no rate is set"
    );
}

#[test]
fn a_decorated_functions_first_event_carries_the_kind_of_its_attribute() {
    #[circuit_breaker(identifier = "born", type = "http", key = node)]
    fn call(node: u8) -> Result<(), CircuitOpen> {
        Ok(())
    }

    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let by_kind = EventFilter::new().connection_kind(ConnectionKind::HTTP);
    let http = registry.subscribe(by_kind.kinds(EventKind::Registered));
    let all = registry.subscribe(EventKind::Registered);
    assert!(call(1).is_ok() && call(2).is_ok());
    for mut events in [http, all] {
        let events: Vec<_> = std::iter::from_fn(|| events.try_recv()).collect();
        let kinds: Vec<_> = events.iter().map(|it| (it.kind(), &it.connection_kind)).collect();
        assert_eq!(kinds, [(EventKind::Registered, &Some(ConnectionKind::HTTP)); 2]);
    }
}

#[test]
fn a_revived_breaker_carries_the_kind_of_the_attribute_that_revived_it() {
    #[circuit_breaker(identifier = "reborn", type = "http")]
    fn call() -> Result<(), CircuitOpen> {
        Ok(())
    }

    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let _by_name = registry.breaker("reborn");
    assert!(registry.unregister("reborn"));
    let mut all = registry.subscribe(EventKind::Registered);
    assert!(call().is_ok());
    let kinds: Vec<_> =
        std::iter::from_fn(|| all.try_recv()).map(|it| it.connection_kind).collect();
    assert_eq!(kinds, [Some(ConnectionKind::HTTP)]);
}

#[test]
fn a_revived_breaker_announces_the_warnings_about_the_attribute_that_revived_it() {
    #[circuit_breaker(identifier = "warned", window = calls(50), minimum_calls = 10)]
    fn call() -> Result<(), CircuitOpen> {
        Ok(())
    }

    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let _by_name = registry.breaker("warned");
    assert!(registry.unregister("warned"));
    let mut all = registry.subscribe(EventKinds::ALL);
    assert!(call().is_ok());
    let kinds: Vec<_> = std::iter::from_fn(|| all.try_recv()).map(|it| it.kind()).collect();
    assert_eq!(kinds, [EventKind::Registered, EventKind::Configured, EventKind::Success]);
}
