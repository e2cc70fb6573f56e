//! Serialization and deserialization with serde.

use std::{iter, num::NonZeroUsize, time::Duration};

use brama::{
    Config, Connection, ConnectionKind, Identity, Policy, PolicyPatch, Reason, Registry, State,
    circuit::{Action, Admission, By, Circuit, Tick, Verdict},
    duration,
    event::{EventFilter, EventKind},
    outcome::Abandoned,
    status::{Rule, SettingName, WindowCounts},
    testing::ManualClock,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn read<T: DeserializeOwned>(written: Value) -> Result<T, String> {
    serde_json::from_value(written).map_err(|error| error.to_string())
}

fn error_text(policy: Value) -> String {
    let error = read::<PolicyPatch>(policy.clone()).unwrap_err();
    assert_eq!(read::<Policy>(policy), Err(error.clone()));
    error
}

#[test]
fn every_name_is_written_as_it_is_displayed() {
    assert_same(&State::ALL);
    assert_same(&SettingName::ALL);
    assert_same(&EventKind::ALL);
    assert_same(&RULES);
    assert_same(&[Abandoned::Ignore, Abandoned::Failure]);
    assert_same(&[Action::ForceOpen, Action::Close, Action::Reset, Action::Disable]);
    assert_same(&[Reason::from("connection refused")]);
    assert_eq!(written(&Action::Open(None)), json!({ "open": null }));
}

const RULES: [Rule; 7] = [
    Rule::FailureThreshold,
    Rule::FailureRate,
    Rule::SlowCallRate,
    Rule::ProbeFailed,
    Rule::ByHand,
    Rule::Expiry,
    Rule::SuccessThreshold,
];

fn assert_same<T: Serialize + ToString>(words: &[T]) {
    for word in words {
        assert_eq!(written(word), word.to_string());
    }
}

#[test]
fn a_policy_is_written_with_every_setting() {
    let rates = json!({ "failure_rate": 50, "expiry": { "initial": "5s", "max": "5m" } });
    let policy: Policy = read(rates).unwrap();
    assert_eq!(
        written(&policy),
        json!({
            "failure_threshold": "off",
            "expiry": { "initial": "5s", "max": "5m", "factor": 2.0 },
            "success_threshold": 1,
            "half_open_limit": 1,
            "probe_timeout": "1m",
            "failure_count": "off",
            "failure_rate": 50.0,
            "slow_call_rate": "off",
            "ramp": "off",
            "timeout": "off",
            "slow_call_duration": "1m",
            "window": { "calls": 100 },
            "minimum_calls": 100,
            "abandoned": "ignore",
            "max_open_share": "off",
            "concurrency_limit": "off",
            "jitter": 0.0,
            "retry_after_cap": "5m",
            "durations": false,
            "shadow": false,
        })
    );
}

#[test]
fn a_patch_is_written_with_only_what_it_sets() {
    let patch = PolicyPatch::new().failure_rate_off().probe_timeout(MINUTE_AND_A_HALF);
    assert_eq!(written(&patch), json!({ "failure_rate": "off", "probe_timeout": "1m 30s" }));
}

const MINUTE_AND_A_HALF: Duration = Duration::from_secs(90);

#[test]
fn the_alias_of_the_threshold_is_read() {
    assert_eq!(read(json!({ "max_attempts": 3 })), Ok(PolicyPatch::new().failure_threshold(3)));
    let twice = error_text(json!({ "max_attempts": 3, "failure_threshold": 3 }));
    assert_eq!(twice, "duplicate field `failure_threshold`");
}

#[test]
fn a_value_outside_its_limits_is_rejected_with_our_message() {
    let both = json!({ "failure_threshold": 0, "jitter": 0.95 });
    assert_eq!(
        error_text(both),
        "invalid policy: `failure_threshold` is 0, must be at least 1, or off; \
         `jitter` is 0.95, must be a share from 0 to 0.9 in whole thousandths"
    );
    assert_eq!(
        error_text(json!({ "probe_timeout": "30" })),
        "\"30\" is not a duration: \"30\" has no unit; write a unit, such as 30s"
    );
    assert_eq!(
        error_text(json!({ "failure_rate": "none" })),
        "invalid value: string \"none\", expected a number or \"off\""
    );
    assert_eq!(
        error_text(json!({ "expiry": 30 })),
        "invalid type: integer `30`, expected a duration such as \"30s\", or { initial, max, factor }"
    );
    assert!(error_text(json!({ "threshold": 3 })).starts_with("unknown field `threshold`"));
}

#[test]
fn a_policy_is_validated_over_the_defaults() {
    let minimum = json!({ "minimum_calls": 200 });
    assert!(read::<PolicyPatch>(minimum.clone()).is_ok());
    assert_eq!(
        read::<Policy>(minimum),
        Err("invalid policy: `minimum_calls` is 200, must be at most the calls of the window"
            .to_owned())
    );
}

#[test]
fn a_circuit_is_written_with_all_its_state() {
    let mut node = Circuit::new(7);
    let policy = PolicyPatch::new().failure_threshold(1).policy().unwrap();
    let (Admission::Admitted(generation), _) = node.admit(&policy, Tick::ORIGIN) else {
        panic!("closed")
    };
    node.report(&policy, generation, Verdict::failure("refused"), Tick::from_millis(1));
    assert_eq!(
        written(&node),
        json!({
            "seed": 7,
            "generation": 1,
            "openings": 1,
            "state": { "open": { "until": 60_001_000_000_u64 } },
            "since": 1_000_000,
            "failures": 1,
            "successes": 0,
            "trips": 1,
            "window": "empty",
            "reasons": ["refused"],
            "outage": {
                "hint": null,
                "term": {
                    "length": { "duration": 60_000_000_000_u64, "source": "fixed", "jitter": 0 },
                    "wait": 60_000_000_000_u64,
                    "hinted_until": 0,
                    "is_by_hand": false,
                },
                "shortened_by_check": false,
                "displaced": 0,
                "inconclusive": 0,
                "ramp_calls": 0,
            },
        })
    );
}

#[test]
fn an_impossible_circuit_is_rejected() {
    let error = |key: &str, value: Value| {
        let mut circuit = written(&Circuit::new(0));
        circuit[key] = value;
        read::<Circuit>(circuit).unwrap_err()
    };
    let five = json!(["1", "2", "3", "4", "5"]);
    assert_eq!(error("reasons", five), "5 reasons are too many, at most 4 are kept");
    for (place, outcomes) in [(3, 2), (2, 12), (0, 0)] {
        let bad = json!([{ "place": place, "failed": true, "slow": false }]);
        let window = json!({ "calls": { "size": 10, "outcomes": outcomes, "bad": bad } });
        let expected = "the positions of bad outcomes must be ascending and within the window";
        assert_eq!(error("window", window), expected);
    }
    let late = json!({ "time": { "width": 2, "number": u64::MAX, "buckets": vec![json!(
        { "calls": 0, "failures": 0, "slow": 0 }
    ); 10] } });
    let expected = "the number of a bucket must be one that a clock reaches";
    assert_eq!(error("window", late), expected);
    for (width, failures) in [(0, 0), (1, 2)] {
        let bucket = json!({ "calls": 1, "failures": failures, "slow": 0 });
        let buckets = Value::Array(vec![bucket; 10]);
        let window = json!({ "time": { "width": width, "number": 0, "buckets": buckets } });
        let expected = "a bucket must last and hold no more failures or slow calls than calls";
        assert_eq!(error("window", window), expected);
    }
    assert!(error("mood", json!("sunny")).starts_with("unknown field `mood`"));
}

#[test]
fn an_opening_or_ramp_that_ends_before_it_began_is_rejected() {
    for state in ["open", "ramp"] {
        let mut circuit = written(&Circuit::new(0));
        (circuit["state"], circuit["since"]) = (json!({ state: { "until": 5 } }), 6.into());
        let expected = "the opening or ramp ends at 5 and began at 6: its deadline cannot be \
                        before its beginning";
        assert_eq!(read::<Circuit>(circuit).unwrap_err(), expected);
    }
}

#[test]
fn an_opening_that_lasts_longer_than_its_length_is_rejected() {
    let mut open = Circuit::new(0);
    open.act(&Policy::DEFAULT, Action::Open(None), "a test".into(), Tick::from_nanos(7));
    let mut circuit = written(&open);
    circuit["state"]["open"]["until"] = u64::MAX.into();
    let expected = format!(
        "the opening began at 7 and lasts 60000000000 ns: its deadline is 60000000007 and not {}",
        u64::MAX
    );
    assert_eq!(read::<Circuit>(circuit).unwrap_err(), expected);
}

#[test]
fn a_hint_from_a_clock_that_was_ahead_delays_an_opening_by_no_more_than_its_length() {
    let policy = PolicyPatch::new().failure_threshold(2).policy().unwrap();
    let (mut ahead, now) = (Circuit::new(0), Tick::from_millis(5_000));
    let retry_after = Some(Duration::from_secs(200));
    let busy = Verdict::Failure { reason: "busy".into(), took: None, retry_after };
    ahead.record_unpermitted(&policy, busy, Tick::from_millis(30 * 86_400_000));
    let mut resumed = read::<Circuit>(written(&ahead)).unwrap().resumed_at(now);
    resumed.record_unpermitted(&policy, Verdict::failure("busy"), now);
    assert_eq!(resumed.retry_after(now), retry_after);
}

#[test]
fn an_event_is_written_with_its_cause() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let mut events = registry.subscribe(EventFilter::new());
    clock.advance(Duration::from_millis(1_500));
    registry
        .breaker(Identity::new("api").with_key(3))
        .open_for(MINUTE_AND_A_HALF, By::actor("alice", "maintenance"))
        .unwrap();
    let last = iter::from_fn(|| events.try_recv()).last().unwrap();
    assert_eq!(
        written(&last),
        json!({
            "identity": { "scope": null, "identifier": "api", "key": "3" },
            "connection_kind": null,
            "labels": {},
            "number": 2,
            "opening": 1,
            "at": 1_500_000_000,
            "time": "1970-01-01T00:00:01.500Z",
            "detail": {
                "kind": "state_changed",
                "from": "closed",
                "to": "open",
                "cause": {
                    "rule": "by_hand",
                    "limit": null,
                    "run": 0,
                    "counts": { "calls": 0, "failures": 0, "slow": 0 },
                    "reasons": [],
                    "duration": { "duration": "1m 30s", "source": "by_hand", "jitter": "0ms" },
                    "by_hand": [{ "open": "1m 30s" }, { "who": "alice", "reason": "maintenance" }],
                    "held_back": false,
                },
            },
            "missed": 0,
        })
    );
}

#[test]
fn an_identity_is_read_back() {
    let plain = Identity::new("api");
    let full = Identity::new("api").in_scope("eu").with_key("a/b [3]\n");
    for identity in [plain, full] {
        assert_eq!(read(written(&identity)), Ok(identity));
    }
    assert_eq!(read(json!({ "identifier": "api" })), Ok(Identity::new("api")));
    let missing = read::<Identity<'_>>(json!({ "scope": "eu" })).unwrap_err();
    assert_eq!(missing, "missing field `identifier`");
    let overflow = json!({ "identifier": "api", "key": "3", "is_overflow": true });
    let expected = "an overflow breaker has no `key`: remove it";
    assert_eq!(read::<Identity<'_>>(overflow), Err(expected.to_owned()));
}

#[test]
fn a_status_is_written_with_its_policy_and_totals() {
    let clock = ManualClock::new();
    let connection = Connection::new().kind(ConnectionKind::HTTP).label("team", "payments");
    let connection = connection.policy(PolicyPatch::new().failure_threshold(2));
    let breaker = Registry::with_clock(clock.clone()).register("api", connection).unwrap();
    (0..2).for_each(|_| breaker.failure("refused"));
    clock.advance(Duration::from_secs(20));
    assert!(breaker.try_acquire().is_err());
    let mut status = written(&breaker.status());
    status["settings"].take();
    assert_eq!(status["policy"].take()["failure_threshold"], 2);
    let cause = status["cause"].take();
    assert_eq!(cause["duration"], json!({ "duration": "1m", "source": "fixed", "jitter": "0ms" }));
    assert_eq!(status["openings"][0]["cause"].take(), cause);
    let expected = json!({
        "identity": { "scope": null, "identifier": "api", "key": null },
        "kind": "http",
        "labels": { "team": "payments" },
        "state": "open",
        "number": 2,
        "at": 20_000_000_000_u64,
        "time": "1970-01-01T00:00:20.000Z",
        "since": "1970-01-01T00:00:00.000Z",
        "retry_after": "40s",
        "failures": 2,
        "successes": 0,
        "probes": 0,
        "admitting": null, "in_flight": null,
        "held_back": false, "overlay": null,
        "trips": 1,
        "window": written(&WindowCounts::default()),
        "window_size": null,
        "failure_rate": "off",
        "slow_call_rate": "off",
        "totals": written(&breaker.status().totals),
        "durations": null,
        "rejections": written(&breaker.status().rejections),
        "transitions": [{ "from": "closed", "to": "open", "count": 1 }],
        "policy": null, "settings": null,
        "shadow_all": false,
        "opening": 1,
        "cause": null,
        "openings": [
            { "number": 1, "at": 0, "time": "1970-01-01T00:00:00.000Z", "cause": null, "lasted": null },
        ],
        "reasons": ["refused", "refused"],
        "warnings": [],
    });
    assert_eq!(status, expected);
}

#[test]
fn a_setting_of_a_status_is_written_with_all_of_its_layers() {
    let registry = Registry::with_clock(ManualClock::new());
    let connection = Connection::new().policy(PolicyPatch::new().failure_threshold(2));
    let status = written(&registry.register("api", connection).unwrap().status());
    let threshold = json!({
        "name": "failure_threshold",
        "value": "2",
        "layer": "register",
        "layers": [{ "layer": "register", "value": "2" }],
    });
    assert_eq!(status["settings"][0], threshold);
}

#[test]
fn the_duration_of_a_setting_has_one_form() {
    let registry = Registry::with_clock(ManualClock::new());
    let breaker = registry.breaker("api");
    let mut events = registry.subscribe(EventKind::Configured);
    breaker.configure(PolicyPatch::new().expiry(Duration::from_millis(61_001))).unwrap();
    let (status, event) = (written(&breaker.status()), written(&events.try_recv().unwrap()));
    let settings = status["settings"].as_array().unwrap().iter();
    let setting = settings.clone().find(|setting| setting["name"] == "expiry").unwrap();
    assert_eq!(status["policy"]["expiry"], "1m 1s 1ms");
    assert_eq!(setting["value"], "1m 1s 1ms");
    let change = json!({ "name": "expiry", "before": "1m", "after": "1m 1s 1ms" });
    assert_eq!(event["detail"]["changes"], json!([change]));
    let lengths = ["expiry", "probe_timeout", "slow_call_duration", "retry_after_cap"];
    for setting in settings.filter(|setting| lengths.iter().any(|name| setting["name"] == *name)) {
        let (name, value) = (setting["name"].as_str().unwrap(), setting["value"].as_str());
        assert_eq!(status["policy"][name].as_str(), value);
        assert!(duration::parse(value.unwrap()).is_ok(), "{name} is {value:?}");
    }
}

#[test]
fn only_an_overflow_breaker_is_written_as_one() {
    let registry = Registry::with_clock(ManualClock::new());
    let one = NonZeroUsize::MIN;
    registry.init(Config::new().max_keys(one).cleanup_interval(None)).unwrap();
    registry.breaker(Identity::new("api").with_key(3)).open("a test");
    let overflow = registry.breaker(Identity::new("api").with_key(4));
    let expected = json!({ "scope": null, "identifier": "api", "key": null, "is_overflow": true });
    assert_eq!(written(overflow.identity()), expected);
    assert_eq!(read(expected), Ok(overflow.identity().clone()));
}

#[test]
fn a_text_that_is_shown_escaped_is_written_as_it_is() {
    let text = "a\n\u{202e}b";
    let registry = Registry::with_clock(ManualClock::new());
    let breaker = registry.breaker(text);
    breaker.force_open(text);
    let status = written(&breaker.status());
    assert_eq!(status["identity"]["identifier"], text);
    assert_eq!(status["cause"]["by_hand"][1]["reason"], text);
    assert_eq!(breaker.status().identity.identifier(), text);
    assert!(!breaker.status().to_string().contains('\n'));
}

#[test]
fn rejections_are_written_by_cause() {
    let breaker = Registry::new().breaker("api");
    breaker.force_open("maintenance");
    assert!(breaker.try_acquire().is_err());
    let expected =
        json!({ "open": 0, "half_open": 0, "ramp": 0, "forced": 1, "saturated": 0, "fleet": 0 });
    assert_eq!(written(&breaker.status().rejections), expected);
}
