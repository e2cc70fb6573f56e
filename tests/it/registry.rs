//! The registry: one breaker per identity, settings in layers, one initial configuration.

use std::{sync::Arc, thread, time::Duration};

use brama::{
    Config, Expiry, Identity, PolicyPatch, Registry, State, Window, circuit_breaker,
    error::{InitError, InvalidSetting},
    status::SettingName,
    testing::ManualClock,
};

use crate::circuit_open::PlainError;

#[test]
fn first_use_registers_and_a_look_up_does_not() {
    let registry = Registry::new();
    assert!(registry.find("new").is_none());
    assert!(registry.status("new").is_none());
    assert_eq!(registry.breaker("new").identity(), &Identity::new("new"));
    assert!(registry.find("new").is_some());
}

#[test]
fn handles_of_one_identity_share_a_circuit() {
    let registry = Registry::new();
    registry.breaker("shared").force_open("a test");
    assert_eq!(registry.breaker(String::from("shared")).state(), State::ForcedOpen);
    assert_eq!(Registry::new().breaker("shared").state(), State::Closed);
}

#[test]
fn scope_identifier_and_key_are_never_joined() {
    let registry = Registry::new();
    let identities = [
        Identity::new("a"),
        Identity::new("a").in_scope("s"),
        Identity::new("s/a"),
        Identity::new("a").with_key("k"),
        Identity::new("a[k]"),
        Identity::new("a").in_scope("s").with_key("k"),
        Identity::new("a").in_scope(""),
        Identity::new("a").with_key(""),
    ];
    for identity in &identities {
        assert!(registry.find(identity).is_none(), "{identity:?}");
        registry.breaker(identity).force_open("a test");
    }
    for identity in &identities {
        assert_eq!(registry.find(identity).unwrap().identity(), identity);
    }
}

#[test]
fn threads_that_race_for_a_new_identity_get_one_breaker() {
    let registry = Registry::new();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| registry.breaker("raced").success());
        }
    });
    assert_eq!(registry.status("raced").unwrap().totals.successes, 8);
}

#[test]
fn defaults_reach_breakers_created_before_and_after() {
    let registry = Registry::new();
    let before = registry.breaker("before");
    registry.init(Config::new().defaults(PolicyPatch::new().failure_threshold(2))).unwrap();
    for breaker in [before, registry.breaker("after")] {
        assert_eq!(breaker.status().policy.failure_threshold(), Some(2));
    }
}

#[test]
fn a_second_configuration_is_handed_back() {
    let registry = Registry::new();
    let second = Config::new().defaults(PolicyPatch::new().success_threshold(9));
    registry.init(Config::new()).unwrap();
    assert_eq!(registry.init(second.clone()), Err(InitError::Already(second)));
    assert_eq!(registry.breaker("any").status().policy.success_threshold(), 1);
}

#[test]
fn an_invalid_configuration_lists_every_mistake_and_may_be_corrected() {
    let registry = Registry::new();
    let wrong = PolicyPatch::new()
        .failure_threshold(0)
        .expiry(Expiry::fixed(Duration::ZERO))
        .failure_rate(101)
        .window(Window::time(Duration::from_millis(15)))
        .jitter(0.95);
    let error = registry.init(Config::new().defaults(wrong)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid configuration
  defaults: `failure_threshold` is 0, must be at least 1, or off
  defaults: `expiry` is 0ms, must be whole milliseconds, at least 1 ms
  defaults: `failure_rate` is 101, must be a percentage from 0.01 to 100 with at most two decimals, or off
  defaults: `window` is the last 15ms, must be a multiple of 10 ms, at least 10 ms
  defaults: `jitter` is 0.95, must be a share from 0 to 0.9 in whole thousandths"
    );
    assert_eq!(registry.init(Config::new()), Ok(()));
}

#[test]
fn every_limit_of_a_policy_is_kept() {
    let (none, nanosecond) = (Duration::ZERO, Duration::from_nanos(1));
    let second = Duration::from_secs(1);
    let broken =
        |patch: PolicyPatch| patch.mistakes().iter().map(InvalidSetting::name).collect::<Vec<_>>();
    let p = PolicyPatch::new;
    for (patch, setting) in [
        (p().failure_threshold(0), SettingName::FailureThreshold),
        (p().success_threshold(0), SettingName::SuccessThreshold),
        (p().half_open_limit(0), SettingName::HalfOpenLimit),
        (p().probe_timeout(none), SettingName::ProbeTimeout),
        (p().probe_timeout(nanosecond), SettingName::ProbeTimeout),
        (p().failure_rate(0), SettingName::FailureRate),
        (p().failure_rate(101), SettingName::FailureRate),
        (p().slow_call_rate(0), SettingName::SlowCallRate),
        (p().slow_call_rate(101), SettingName::SlowCallRate),
        (p().slow_call_duration(none), SettingName::SlowCallDuration),
        (p().window(Window::calls(0)), SettingName::Window),
        (p().window(Window::time(none)), SettingName::Window),
        (p().window(Window::time(Duration::from_millis(1005))), SettingName::Window),
        (p().minimum_calls(0), SettingName::MinimumCalls),
        (p().window(Window::calls(5)).minimum_calls(6), SettingName::MinimumCalls),
        (p().jitter(-0.1), SettingName::Jitter),
        (p().jitter(0.901), SettingName::Jitter),
        (p().jitter(0.000_5), SettingName::Jitter),
        (p().jitter(f64::NAN), SettingName::Jitter),
        (p().retry_after_cap(none), SettingName::RetryAfterCap),
        (p().expiry(Expiry::fixed(nanosecond)), SettingName::Expiry),
        (p().expiry(Expiry::progressive(none, second)), SettingName::Expiry),
        (p().expiry(Expiry::progressive(second, nanosecond)), SettingName::Expiry),
        (p().expiry(Expiry::progressive(second, second / 2)), SettingName::Expiry),
        (p().expiry(Expiry::progressive(second, second).with_factor(0.9)), SettingName::Expiry),
        (p().expiry(Expiry::progressive(second, second).with_factor(100.1)), SettingName::Expiry),
        (p().expiry(Expiry::progressive(second, second).with_factor(1.000_5)), SettingName::Expiry),
        (
            p().expiry(Expiry::progressive(second, second).with_factor(f64::NAN)),
            SettingName::Expiry,
        ),
    ] {
        assert_eq!(broken(patch), [setting], "{patch:?}");
        assert_eq!(
            Registry::new().configure("any", patch).unwrap_err().patch().mistakes().len(),
            1
        );
    }
}

#[test]
fn values_at_their_limits_are_kept() {
    let millisecond = Duration::from_millis(1);
    let edge = PolicyPatch::new()
        .failure_threshold(u32::MAX)
        .success_threshold(1)
        .half_open_limit(u32::MAX)
        .probe_timeout(millisecond)
        .failure_rate(100)
        .slow_call_rate(1)
        .slow_call_duration(millisecond)
        .window(Window::time(Duration::from_millis(10)))
        .minimum_calls(u32::MAX)
        .jitter(0.9)
        .retry_after_cap(Duration::from_secs(u64::MAX))
        .expiry(Expiry::progressive(millisecond, millisecond).with_factor(100.0));
    assert_eq!(edge.mistakes(), []);
}

#[test]
fn configuration_of_one_breaker_overrides_attribute_and_defaults_in_any_order() {
    #[circuit_breaker(
        identifier = "layers",
        registry = registry,
        success_threshold = 3,
        failure_threshold = 3,
    )]
    fn call(registry: &Registry) -> Result<(), PlainError> {
        Ok(())
    }

    let registry = Registry::new();
    registry.configure("layers", PolicyPatch::new().success_threshold(4)).unwrap();
    call(&registry).unwrap();
    let defaults = PolicyPatch::new().success_threshold(2).failure_threshold(2).half_open_limit(2);
    registry.init(Config::new().defaults(defaults)).unwrap();
    let policy = registry.status("layers").unwrap().policy;
    assert_eq!(policy.half_open_limit(), 2);
    assert_eq!(policy.failure_threshold(), Some(3));
    assert_eq!(policy.success_threshold(), 4);
}

#[test]
fn a_patch_at_run_time_changes_only_what_it_sets() {
    let breaker = Registry::new().breaker("patched");
    breaker.configure(PolicyPatch::new().failure_threshold(5).success_threshold(2)).unwrap();
    breaker.configure(PolicyPatch::new().failure_threshold(7)).unwrap();
    let policy = breaker.status().policy;
    assert_eq!((policy.failure_threshold(), policy.success_threshold()), (Some(7), 2));
}

#[test]
fn of_two_layers_that_contradict_each_other_the_later_wins() {
    let registry = Registry::new();
    let defaults = PolicyPatch::new().failure_rate(50).window(Window::calls(50)).minimum_calls(40);
    registry.init(Config::new().defaults(defaults)).unwrap();
    let breaker = registry.breaker("contradicted");
    breaker.configure(PolicyPatch::new().window(Window::calls(10))).unwrap();
    assert_eq!(breaker.status().policy.minimum_calls(), 10);
    assert_eq!(
        breaker.status().warnings,
        ["`minimum_calls` 40 (defaults) is above the window (the last 10 calls, configure): \
             10 applies"]
    );
    let other = registry.breaker("other");
    other.configure(PolicyPatch::new().minimum_calls(60)).unwrap();
    assert_eq!(other.status().policy.window(), Window::calls(100));
    assert_eq!(
        other.status().warnings,
        ["`window` (the last 50 calls, defaults) is below `minimum_calls` 60 (configure): \
             the last 100 calls apply"]
    );
}

#[test]
fn a_minimum_above_the_built_in_window_is_lowered_with_a_warning() {
    let breaker = Registry::new().breaker("above");
    breaker.configure(PolicyPatch::new().minimum_calls(200)).unwrap();
    assert_eq!(breaker.status().policy.minimum_calls(), 100);
    assert_eq!(
        breaker.status().warnings,
        ["`minimum_calls` 200 (configure) is above the window (the last 100 calls, built in): \
             100 applies"]
    );
}

#[test]
fn two_patches_at_run_time_that_contradict_each_other_are_rejected() {
    let breaker = Registry::new().breaker("contradicted");
    breaker.configure(PolicyPatch::new().window(Window::calls(10))).unwrap();
    let error = breaker.configure(PolicyPatch::new().minimum_calls(20)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid policy: `minimum_calls` is 20, must be at most the calls of the window"
    );
    assert_eq!(breaker.status().policy.window(), Window::calls(10));
}

#[test]
fn a_new_policy_keeps_the_state_and_the_deadline_of_an_opening_in_progress() {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("kept");
    breaker.open_for(Duration::from_secs(5), "a test").unwrap();
    clock.advance(Duration::from_secs(1));
    breaker.configure(PolicyPatch::new().expiry(Expiry::fixed(Duration::from_secs(60)))).unwrap();
    assert_eq!(breaker.status().retry_after, Some(Duration::from_secs(4)));
}

#[test]
fn a_policy_without_overrides_is_shared() {
    let registry = Registry::new();
    let [a, b] = ["a", "b"].map(|name| registry.breaker(name).status().policy);
    assert!(Arc::ptr_eq(&a, &b));
}

#[test]
fn the_keys_of_an_identifier_share_its_policy() {
    #[circuit_breaker(identifier = "shared", key = key, registry = registry, failure_rate = 50)]
    fn keyed(registry: &Registry, key: u8) -> Result<(), PlainError> {
        Ok(())
    }

    let registry = Registry::new();
    let policy = |key| {
        keyed(&registry, key).unwrap();
        registry.breaker(Identity::new("shared").with_key(key)).status().policy
    };
    assert!(Arc::ptr_eq(&policy(1), &policy(2)));
    registry.configure("shared", PolicyPatch::new().failure_rate(60)).unwrap();
    assert!(Arc::ptr_eq(&policy(1), &policy(3)));
    assert_eq!(policy(1).failure_rate(), Some(60.0));
    let of_one = Identity::new("shared").with_key(2);
    registry.configure(of_one, PolicyPatch::new().failure_rate(70)).unwrap();
    assert_eq!([1, 2, 3].map(|key| policy(key).failure_rate()), [60.0, 70.0, 60.0].map(Some));
}

#[test]
fn the_first_attribute_of_an_identity_wins() {
    #[circuit_breaker(identifier = "declared twice", registry = registry, failure_threshold = 1)]
    fn first(registry: &Registry) -> Result<(), PlainError> {
        Ok(())
    }

    #[circuit_breaker(identifier = "declared twice", registry = registry, failure_threshold = 2)]
    fn second(registry: &Registry) -> Result<(), PlainError> {
        Ok(())
    }

    let registry = Registry::new();
    second(&registry).unwrap();
    first(&registry).unwrap();
    assert_eq!(registry.status("declared twice").unwrap().policy.failure_threshold(), Some(2));
}

#[test]
fn a_sweep_makes_due_openings_half_open_and_touches_nothing_else() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let [due, later, closed] = ["due", "later", "closed"].map(|name| registry.breaker(name));
    due.open_for(Duration::from_secs(1), "a test").unwrap();
    later.open_for(Duration::from_secs(2), "a test").unwrap();
    clock.advance(Duration::from_secs(1));
    registry.sweep();
    let states = [due, later, closed].map(|breaker| breaker.state());
    assert_eq!(states, [State::HalfOpen, State::Open, State::Closed]);
}
