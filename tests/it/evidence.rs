//! The exact texts of an event, a status and a rejection: why a circuit opened and for how long.

use std::{error::Error, time::Duration};

use brama::{
    Breaker, Expiry, Outcome, PolicyPatch, Registry, State, Window,
    circuit::By,
    event::{EventDetail, EventKind},
    status::Rule,
    testing::ManualClock,
};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The texts of event, status and rejection for a breaker that `act` opens. Status and rejection
/// are read a second later.
fn described(patch: PolicyPatch, act: impl FnOnce(&Breaker, &ManualClock)) -> [String; 3] {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker("api");
    breaker.configure(patch).unwrap();
    let opens = |detail: &EventDetail| {
        matches!(detail, EventDetail::StateChanged { to: State::Open | State::ForcedOpen, .. })
    };
    let mut events = registry.subscribe(EventKind::StateChanged);
    act(&breaker, &clock);
    let event =
        std::iter::from_fn(|| events.try_recv()).filter(|event| opens(&event.detail)).last();
    clock.advance(seconds(1));
    let source = breaker.try_acquire().unwrap_err().source().unwrap().to_string();
    [event.unwrap().to_string(), breaker.status().to_string(), source]
}

fn fail(breaker: &Breaker, times: usize) {
    (0..times).for_each(|time| breaker.failure(format!("error {time}")));
}

/// Opens the circuit `times` times by failures, with no success between.
fn trip(breaker: &Breaker, clock: &ManualClock, times: usize) {
    fail(breaker, 2);
    for _ in 1..times {
        clock.advance(breaker.status().retry_after.unwrap());
        breaker.try_acquire().unwrap().failure("still down");
    }
}

fn two() -> PolicyPatch {
    PolicyPatch::new().failure_threshold(2)
}

#[test]
fn failures_in_a_row_show_their_number_and_the_limit() {
    assert_eq!(
        described(two(), |breaker, _| fail(breaker, 2)),
        [
            "api went from closed to open: 2 failures in a row reached failure_threshold 2; last: \
             error 1",
            "api is open, next attempt in 59 s: 2 failures in a row reached failure_threshold 2; \
             last: error 1",
            "opened 1 s ago: 2 failures in a row reached failure_threshold 2; last: error 1",
        ]
    );
}

#[test]
fn one_is_singular() {
    let one = PolicyPatch::new().failure_threshold(1);
    let [event, ..] = described(one, |breaker, _| fail(breaker, 1));
    let expected = "api went from closed to open: 1 failure in a row reached failure_threshold 1; \
                    last: error 0";
    assert_eq!(event, expected);
    let rate = PolicyPatch::new().failure_rate(50).window(Window::calls(1));
    let [event, ..] = described(rate, |breaker, _| fail(breaker, 1));
    assert!(event.contains("1 of 1 call failed"), "{event}");
    let slow = PolicyPatch::new().slow_call_rate(50).slow_call_duration(seconds(2));
    let [event, ..] = described(slow.window(Window::calls(1)), |breaker, clock| {
        let permit = breaker.try_acquire().unwrap();
        clock.advance(seconds(3));
        permit.success();
    });
    assert!(event.contains("1 of 1 call was slow"), "{event}");
}

#[test]
fn a_failure_rate_shows_the_calls_in_its_window() {
    let patch = PolicyPatch::new().failure_rate(50).window(Window::calls(10)).minimum_calls(4);
    let act = |breaker: &Breaker, _: &ManualClock| {
        breaker.success();
        breaker.success();
        fail(breaker, 2);
    };
    assert_eq!(
        described(patch, act),
        [
            "api went from closed to open: 2 of 4 calls failed, failure_rate is 50 %; last: error 1",
            "api is open, next attempt in 59 s: 2 of 4 calls failed, failure_rate is 50 %; last: \
             error 1",
            "opened 1 s ago: 2 of 4 calls failed, failure_rate is 50 %; last: error 1",
        ]
    );
}

#[test]
fn a_slow_call_rate_shows_the_calls_in_its_window() {
    let patch = PolicyPatch::new().slow_call_rate(60).slow_call_duration(seconds(2));
    let patch = patch.window(Window::calls(3));
    let act = |breaker: &Breaker, clock: &ManualClock| {
        breaker.try_acquire().unwrap().success();
        for _ in 0..2 {
            let permit = breaker.try_acquire().unwrap();
            clock.advance(seconds(3));
            permit.success();
        }
    };
    assert_eq!(
        described(patch, act),
        [
            "api went from closed to open: 2 of 3 calls were slow, slow_call_rate is 60 %",
            "api is open, next attempt in 59 s: 2 of 3 calls were slow, slow_call_rate is 60 %",
            "opened 1 s ago: 2 of 3 calls were slow, slow_call_rate is 60 %",
        ]
    );
}

#[test]
fn a_failed_probe_shows_its_reason() {
    assert_eq!(
        described(two(), |breaker, clock| trip(breaker, clock, 2)),
        [
            "api went from half-open to open: a probe failed: still down",
            "api is open, next attempt in 59 s: a probe failed: still down",
            "opened 1 s ago: a probe failed: still down",
        ]
    );
}

#[test]
fn a_slow_probe_is_reported_as_slow() {
    let patch = two().slow_call_rate(50).slow_call_duration(seconds(2));
    let act = |breaker: &Breaker, clock: &ManualClock| {
        fail(breaker, 2);
        clock.advance(seconds(60));
        let probe = breaker.try_acquire().unwrap();
        clock.advance(seconds(3));
        probe.success();
    };
    let [event, ..] = described(patch, act);
    assert_eq!(event, "api went from half-open to open: a probe failed: the probe was slow");
}

#[test]
fn an_action_shows_its_actor_its_kind_and_its_duration() {
    let by = || By::actor("alice", "an outage");
    assert_eq!(
        described(two(), |breaker, _| breaker.open_for(seconds(300), by()).unwrap()),
        [
            "api went from closed to open for 300 s (as given by hand): by alice (open): an outage",
            "api is open for 300 s (as given by hand), next attempt in 299 s: by alice (open): an \
             outage",
            "opened 1 s ago for 300 s (as given by hand): by alice (open): an outage",
        ]
    );
    assert_eq!(
        described(two(), |breaker, _| breaker.force_open("an outage")),
        [
            "api went from closed to forced open: by hand (force_open): an outage",
            "api is forced open: by hand (force_open): an outage",
            "opened 1 s ago: by hand (force_open): an outage",
        ]
    );
}

#[test]
fn a_progressive_duration_shows_the_number_of_openings_in_a_row() {
    let patch = two().expiry(Expiry::progressive(seconds(5), seconds(300)));
    let [first, ..] = described(patch, |breaker, clock| trip(breaker, clock, 1));
    assert!(first.contains("closed to open for 5 s (progressive, the first opening): 2 failures"));
    assert_eq!(
        described(patch, |breaker, clock| trip(breaker, clock, 3)),
        [
            "api went from half-open to open for 20 s (progressive, opening 3 in a row): a probe \
             failed: still down",
            "api is open for 20 s (progressive, opening 3 in a row), next attempt in 19 s: a probe \
             failed: still down",
            "opened 1 s ago for 20 s (progressive, opening 3 in a row): a probe failed: still down",
        ]
    );
}

#[test]
fn a_duration_from_a_retry_after_hint_says_so() {
    let busy = Outcome::failure("too many requests").retry_after(seconds(120));
    let act = |breaker: &Breaker, _: &ManualClock| {
        fail(breaker, 1);
        breaker.try_acquire().unwrap().record(busy);
    };
    let [_, status, _] = described(two(), act);
    assert_eq!(
        status,
        "api is open for 120 s (from the failure's retry-after hint), next attempt in 119 s: 2 \
         failures in a row reached failure_threshold 2; last: too many requests"
    );
}

#[test]
fn a_duration_that_jitter_shortened_shows_by_how_much() {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("api");
    breaker.configure(two().jitter(0.5)).unwrap();
    fail(&breaker, 2);
    let length = breaker.status().cause.unwrap().duration.unwrap();
    assert!(!length.jitter.is_zero() && length.duration + length.jitter == seconds(60));
    let status = breaker.status().to_string();
    let (length, why) = (length.to_string(), "fixed, jitter took ");
    let (_, shown) = length.split_once(", ").unwrap();
    assert!(shown.starts_with(why), "{length}");
    assert!(status.contains(&format!(" ({shown}), next attempt in ")), "{status}");
}

#[test]
fn a_breaker_past_its_opening_shows_no_duration() {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("api");
    breaker.open_for(seconds(5), "an outage").unwrap();
    clock.advance(seconds(5));
    let probe = breaker.try_acquire().unwrap();
    assert_eq!(breaker.status().to_string(), "api is half-open: by hand (open): an outage");
    probe.success();
    assert_eq!(breaker.status().to_string(), "api is closed");
}

#[test]
fn the_last_four_reasons_are_kept_and_no_more() {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock).breaker("api");
    fail(&breaker, 10);
    let last = ["error 6", "error 7", "error 8", "error 9"];
    assert_eq!(breaker.status().cause.unwrap().reasons, last);
    assert_eq!(breaker.status().reasons, last);
}

#[test]
fn the_event_of_a_recovery_shows_no_reason_of_the_outage() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker("api");
    breaker.configure(two()).unwrap();
    trip(&breaker, &clock, 2);
    clock.advance(seconds(60));
    let mut events = registry.subscribe(EventKind::StateChanged);
    breaker.try_acquire().unwrap().success();
    let closes = std::iter::from_fn(|| events.try_recv()).last().unwrap();
    let EventDetail::StateChanged { cause, .. } = closes.detail else { panic!("another event") };
    assert_eq!((cause.rule, cause.reasons.as_slice()), (Rule::SuccessThreshold, [].as_slice()));
}
