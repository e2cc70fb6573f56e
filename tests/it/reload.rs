//! Settings that change while the program runs: `reload`, `configure`, `unconfigure`, `register`.

use std::{
    num::NonZeroUsize,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use brama::{
    Breaker, CircuitOpen, Config, Connection, ConnectionKind, Identity, PolicyPatch, Window,
    circuit_breaker,
    event::{Event, EventDetail, EventKind},
    status::{ConfigLayer, SettingName},
    testing::TestRegistry,
};

use crate::events::drain;

fn threshold(failures: u32) -> Config {
    Config::new().defaults(in_a_row(failures)).cleanup_interval(None)
}

fn in_a_row(failures: u32) -> PolicyPatch {
    PolicyPatch::new().failure_threshold(failures)
}

fn effective(breaker: &Breaker) -> Option<u32> {
    breaker.status().policy.failure_threshold()
}

fn node(key: u8) -> Identity<'static> {
    Identity::new("replica").with_key(key)
}

/// hudl/Mjolnir#59, resilience4j/resilience4j#850
#[test]
fn new_defaults_reach_breakers_that_exist_and_those_that_come() {
    let registry = TestRegistry::new();
    registry.init(threshold(3)).unwrap();
    let before = registry.breaker("before");
    registry.reload(threshold(6)).unwrap();
    for breaker in [before, registry.breaker("after")] {
        assert_eq!(breaker.status().policy.failure_threshold(), Some(6));
    }
}

/// hudl/Mjolnir#59, resilience4j/resilience4j#850
#[test]
fn a_reload_keeps_the_run_of_failures() {
    let registry = TestRegistry::new();
    registry.init(threshold(3)).unwrap();
    let breaker = registry.breaker("orders");
    (0..2).for_each(|_| breaker.failure("down"));
    registry.reload(threshold(6)).unwrap();
    assert_eq!(breaker.status().failures, 2);
}

/// hudl/Mjolnir#59
#[test]
fn a_reload_with_a_mistake_changes_nothing() {
    let registry = TestRegistry::new();
    registry.init(threshold(3)).unwrap();
    assert!(registry.reload(threshold(0)).is_err());
    assert_eq!(registry.breaker("orders").status().policy.failure_threshold(), Some(3));
}

#[test]
fn a_reload_names_every_mistake_and_hands_the_configuration_back() {
    let registry = TestRegistry::new();
    let config = threshold(0)
        .kind_defaults(ConnectionKind::HTTP, PolicyPatch::new().jitter(1.5))
        .cleanup_interval(Duration::ZERO);
    let error = registry.reload(config.clone()).unwrap_err();
    assert_eq!(error.mistakes().len(), 3);
    assert_eq!(
        error.to_string(),
        "invalid configuration
  defaults: `failure_threshold` is 0, must be at least 1, or off
  kind http: `jitter` is 1.5, must be a share from 0 to 0.9 in whole thousandths
  cleanup_interval: the duration is 0ms, must be whole milliseconds, at least 1 ms"
    );
    assert_eq!(error.into_config(), config);
}

#[test]
fn what_a_reload_does_not_set_falls_back_to_the_layer_below() {
    let registry = TestRegistry::new();
    let http = Connection::new().kind(ConnectionKind::HTTP);
    let breaker = registry.register("search", http).unwrap();
    let key = registry.breaker(node(1));
    registry
        .init(
            threshold(2)
                .kind_defaults(ConnectionKind::HTTP, in_a_row(3))
                .configure("search", in_a_row(4))
                .configure("replica", in_a_row(5))
                .configure(node(1), in_a_row(6)),
        )
        .unwrap();
    let reload = |config| {
        registry.reload(config).unwrap();
        [effective(&breaker), effective(&key)].map(Option::unwrap)
    };
    assert_eq!([effective(&breaker), effective(&key)], [Some(4), Some(6)]);
    let kind = threshold(2).kind_defaults(ConnectionKind::HTTP, in_a_row(3));
    assert_eq!(reload(kind.configure("replica", in_a_row(5))), [3, 5]);
    assert_eq!(reload(threshold(2)), [2, 2]);
    assert_eq!(reload(Config::new()), [10, 10]);
}

#[test]
fn the_operator_has_the_last_word_over_any_configuration() {
    let registry = TestRegistry::new();
    registry.configure("replica", in_a_row(7)).unwrap();
    let key = registry.breaker(node(1));
    registry.init(threshold(2).configure(node(1), in_a_row(3))).unwrap();
    assert_eq!(effective(&key), Some(7));
    registry.reload(threshold(4).configure(node(1), in_a_row(5))).unwrap();
    assert_eq!(effective(&key), Some(7));
    registry.configure(node(1), in_a_row(8)).unwrap();
    registry.reload(Config::new()).unwrap();
    assert_eq!(effective(&key), Some(8));
    assert_eq!(
        key.status().settings.layer(SettingName::FailureThreshold),
        ConfigLayer::KeyConfigure
    );
}

#[test]
fn what_the_operator_set_can_be_taken_back_as_a_whole_or_by_setting() {
    let registry = TestRegistry::new();
    registry.init(threshold(2)).unwrap();
    let key = registry.breaker(node(1));
    registry.configure("replica", in_a_row(7).success_threshold(3)).unwrap();
    registry.configure(node(1), in_a_row(8)).unwrap();
    assert!(registry.unconfigure(node(1)));
    assert_eq!(effective(&key), Some(7));
    assert!(registry.unconfigure_setting("replica", SettingName::FailureThreshold));
    assert!(!registry.unconfigure_setting("replica", SettingName::FailureThreshold));
    assert_eq!((effective(&key), key.status().policy.success_threshold()), (Some(2), 3));
    assert!(registry.unconfigure("replica"));
    assert!(!registry.unconfigure("replica"));
    assert_eq!(key.status().policy.success_threshold(), 1);
    assert!(!registry.unconfigure("never configured"));
}

#[test]
fn a_reload_may_come_before_init_and_init_replaces_it() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("search");
    registry.reload(threshold(3).configure("search", in_a_row(4))).unwrap();
    assert_eq!(effective(&breaker), Some(4));
    registry.init(threshold(5)).unwrap();
    assert_eq!(effective(&breaker), Some(5));
    registry.reload(threshold(6)).unwrap();
    assert_eq!(effective(&breaker), Some(6));
    assert!(registry.init(threshold(7)).is_err());
    assert_eq!(effective(&breaker), Some(6));
}

#[test]
fn a_change_of_one_setting_of_one_breaker_in_use_is_one_line() {
    let registry = TestRegistry::new();
    let _breaker = registry.breaker("orders");
    let config = |failures| Config::new().configure("orders", in_a_row(failures));
    registry.reload(config(3)).unwrap();
    let reloaded = registry.reload(config(4)).unwrap();
    assert_eq!(reloaded.to_string(), "breaker orders: failure_threshold from 3 to 4");
}

#[test]
fn a_reload_answers_what_changed_where() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("orders");
    let _other = registry.breaker(node(1));
    registry.register("cache", Connection::new().kind(ConnectionKind::CACHE)).unwrap();
    let config = threshold(3).configure("orders", PolicyPatch::new().success_threshold(2));
    registry.init(config.clone()).unwrap();
    assert!(registry.reload(config).unwrap().is_empty());
    let config = threshold(3)
        .kind_defaults(ConnectionKind::CACHE, in_a_row(1))
        .configure("later", PolicyPatch::new().failure_threshold_off())
        .max_keys(NonZeroUsize::MIN);
    let reloaded = registry.reload(config).unwrap();
    assert_eq!(
        reloaded.to_string(),
        "breaker later: failure_threshold set to off
breaker orders: success_threshold no longer set (was 2)
kind cache: failure_threshold set to 1
registry: max_keys from 10000 to 1
breaker cache: failure_threshold from 3 to 1
breaker orders: success_threshold from 2 to 1"
    );
    let changed = reloaded.breakers.iter().find(|it| it.identity == *breaker.identity()).unwrap();
    let change = changed.changes.first().unwrap();
    assert_eq!(
        (change.name, &*change.before, &*change.after),
        (SettingName::SuccessThreshold, "2", "1")
    );
}

#[test]
fn no_breaker_sees_a_mixture_of_two_configurations() {
    let registry = TestRegistry::new();
    let of = |count| {
        Config::new()
            .defaults(in_a_row(count))
            .kind_defaults(ConnectionKind::HTTP, PolicyPatch::new().success_threshold(count))
            .configure("replica", PolicyPatch::new().half_open_limit(count))
            .configure(node(1), PolicyPatch::new().minimum_calls(count))
            .max_keys(NonZeroUsize::new(9).unwrap())
    };
    registry.register("replica", Connection::new().kind(ConnectionKind::HTTP)).unwrap();
    registry.reload(of(1)).unwrap();
    let (old, rounds) = (registry.breaker(node(1)), AtomicU32::new(0));
    let check = |breaker: &Breaker| {
        let policy = breaker.status().policy;
        let count = policy.success_threshold();
        let others = (policy.failure_threshold(), policy.half_open_limit());
        assert_eq!(others, (Some(count), count), "{breaker:?}");
        count
    };
    thread::scope(|scope| {
        // Looking at a breaker takes no lock of the registry, which a reload holds.
        scope.spawn(|| {
            while rounds.load(Ordering::Relaxed) < ROUNDS {
                check(&old);
                let policy = old.status().policy;
                assert_eq!(policy.minimum_calls(), policy.success_threshold());
            }
        });
        scope.spawn(|| {
            for key in (2..u32::MAX).take_while(|_| rounds.load(Ordering::Relaxed) < ROUNDS) {
                check(&registry.breaker(Identity::new("replica").with_key(key)));
            }
        });
        for round in 0..ROUNDS {
            registry.reload(of(1 + round % 2)).unwrap();
            rounds.store(round + 1, Ordering::Relaxed);
        }
    });
    assert_eq!(check(&old), 2);
}

const ROUNDS: u32 = 1_000;

#[test]
fn names_in_a_configuration_that_match_nothing_are_found() {
    let registry = TestRegistry::new();
    let _used = registry.breaker(Identity::new("payment_api").in_scope("shop"));
    drop(registry.breaker(node(1)));
    registry.register("cache", Connection::new().kind(ConnectionKind::CACHE)).unwrap();
    assert!(registry.unused().is_empty());
    let empty = PolicyPatch::new;
    let config = Config::new()
        .configure("payment_api", empty())
        .configure("replica", empty())
        .configure(node(1), empty())
        .configure(node(2), empty())
        .kind_defaults(ConnectionKind::CACHE, empty())
        .kind_defaults("kache".into(), empty());
    registry.reload(config).unwrap();
    registry.configure("replicas", empty()).unwrap();
    assert_eq!(
        registry.unused().to_string(),
        "no breaker is known as `payment_api`; did you mean `shop/payment_api`?
no breaker is known as `replica[2]`; did you mean `replica[1]`?
no breaker is known as `replicas`; did you mean `replica[1]`?
no breaker is of the kind `kache`: correct its name, or remove its defaults"
    );
    registry.unconfigure("replicas");
    drop(registry.breaker(node(2)));
    registry.reload(Config::new()).unwrap();
    assert!(registry.unused().is_empty());
}

#[test]
fn a_key_that_was_evicted_has_matched_its_identifier() {
    let registry = TestRegistry::new();
    registry.reload(Config::new().configure("replica", PolicyPatch::new())).unwrap();
    drop(registry.breaker(node(1)));
    for _ in 0..2 {
        registry.advance(Duration::from_secs(24 * 60 * 60));
        registry.sweep();
    }
    assert!(registry.find(node(1)).is_none());
    assert!(registry.unused().is_empty());
}

mod windows {
    use super::*;

    fn rated(window: Window) -> PolicyPatch {
        PolicyPatch::new().failure_rate(100).minimum_calls(1).window(window)
    }

    fn failed_twice() -> (TestRegistry, Breaker) {
        let registry = TestRegistry::new();
        let breaker = registry.breaker("search");
        breaker.configure(rated(Window::calls(20)).minimum_calls(20)).unwrap();
        (0..2).for_each(|_| breaker.failure("down"));
        breaker.success();
        (registry, breaker)
    }

    fn lost(event: &Event) -> Option<u64> {
        let EventDetail::Configured { lost_window, .. } = &event.detail else { return None };
        lost_window.map(|lost| lost.failures)
    }

    #[test]
    fn a_window_of_the_same_unit_keeps_what_fits_in_and_nothing_is_lost() {
        let (registry, breaker) = failed_twice();
        let mut events = registry.subscribe(EventKind::Configured);
        breaker.configure(rated(Window::calls(2))).unwrap();
        let window = breaker.status().window;
        assert_eq!((window.calls, window.failures), (2, 1));
        assert_eq!(drain(&mut events).iter().map(lost).collect::<Vec<_>>(), [None]);
    }

    #[test]
    fn the_event_and_the_answer_of_a_reload_say_which_window_was_lost() {
        let (registry, breaker) = failed_twice();
        let mut events = registry.subscribe(EventKind::Configured);
        breaker.configure(rated(Window::time(Duration::from_secs(10)))).unwrap();
        let events = drain(&mut events);
        assert_eq!(events.iter().map(lost).collect::<Vec<_>>(), [Some(2)]);
        assert_eq!(
            events[0].to_string(),
            "search was configured; window from the last 20 calls to the last 10s; minimum_calls \
             from 20 to 1; lost a window with 2 failures in 3 calls"
        );
        assert_eq!(breaker.status().window.calls, 0);
        breaker.failure("down");
        registry.unconfigure("search");
        breaker.close("a test");
        registry.reload(Config::new().defaults(rated(Window::calls(5)))).unwrap();
        breaker.success();
        let of_time = rated(Window::time(Duration::from_secs(1)));
        let reloaded = registry.reload(Config::new().defaults(of_time)).unwrap();
        assert_eq!(reloaded.breakers[0].lost_window.map(|lost| lost.calls), Some(1));
    }
}

mod announced {
    use super::*;

    #[test]
    fn an_event_carries_each_setting_that_changed_before_and_after() {
        let registry = TestRegistry::new();
        registry.breaker("orders").success();
        let mut events = registry.subscribe(EventKind::Configured);
        registry.reload(threshold(3)).unwrap();
        registry.configure("orders", in_a_row(3)).unwrap();
        registry.configure("orders", in_a_row(4)).unwrap();
        registry.unconfigure("orders");
        let events: Vec<_> = drain(&mut events).iter().map(ToString::to_string).collect();
        let changed = |change: &str| format!("orders was configured; failure_threshold {change}");
        assert_eq!(events, ["from 10 to 3", "from 3 to 4", "from 4 to 3"].map(changed));
    }

    #[test]
    fn an_attribute_that_comes_after_a_handle_is_announced() {
        #[circuit_breaker(identifier = "late", registry = registry, max_attempts = 3)]
        fn late(registry: &TestRegistry) -> Result<(), CircuitOpen> {
            Ok(())
        }
        let registry = TestRegistry::new();
        let _handle = registry.breaker("late");
        let mut events = registry.subscribe(EventKind::Configured);
        assert!(late(&registry).is_ok() && late(&registry).is_ok());
        let events: Vec<_> = drain(&mut events).iter().map(ToString::to_string).collect();
        assert_eq!(events, ["late was configured; failure_threshold from 10 to 3"]);
    }

    #[test]
    fn a_breaker_that_is_not_in_use_is_changed_and_not_announced() {
        let registry = TestRegistry::new();
        let breaker = registry.breaker("orders");
        registry.unregister("orders");
        let mut events = registry.subscribe(EventKind::Configured);
        assert!(registry.reload(threshold(3)).unwrap().breakers.is_empty());
        assert!(drain(&mut events).is_empty());
        breaker.success();
        assert_eq!(effective(&breaker), Some(3));
    }

    #[test]
    fn a_status_shows_what_every_layer_sets() {
        let registry = TestRegistry::new();
        registry.init(threshold(2).configure("replica", in_a_row(4))).unwrap();
        registry.register("replica", Connection::new().policy(in_a_row(3))).unwrap();
        registry.configure(node(1), in_a_row(6)).unwrap();
        let settings = registry.breaker(node(1)).status().settings;
        let setting = settings.iter().find(|it| it.name == SettingName::FailureThreshold).unwrap();
        let layers: Vec<_> =
            setting.layers.iter().map(|it| (it.layer, it.value.as_str())).collect();
        assert_eq!(
            layers,
            [
                (ConfigLayer::KeyConfigure, "6"),
                (ConfigLayer::Init, "4"),
                (ConfigLayer::Register, "3"),
                (ConfigLayer::Defaults, "2"),
            ]
        );
        assert_eq!(
            setting.to_string(),
            "failure_threshold = 6 (configure of the key, over 4 from init, 3 from register, 2 from \
             defaults)"
        );
    }
}

#[test]
fn the_kill_switch_of_the_configuration_is_a_part_of_its_own() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("orders");
    breaker.force_open("a test");
    let reload = |shadow| registry.reload(Config::new().shadow(shadow)).unwrap();
    assert_eq!(reload(true).to_string(), "registry: shadow from false to true");
    assert!(breaker.is_available() && breaker.status().shadow_all);
    registry.shadow_all(true);
    assert_eq!(reload(false).to_string(), "registry: shadow from true to false");
    assert!(breaker.is_available());
    registry.shadow_all(false);
    assert!(!breaker.is_available());
}

#[test]
fn lifting_the_kill_switch_leaves_the_one_of_the_configuration() {
    let registry = TestRegistry::new();
    registry.init(Config::new().shadow(true).cleanup_interval(None)).unwrap();
    registry.shadow_all(false);
    assert!(registry.breaker("orders").status().shadow_all);
}
