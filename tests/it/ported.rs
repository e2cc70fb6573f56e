//! Test scenarios ported from the two libraries that brama continues: a connection manager with a
//! decorator, and a transport with one circuit per node. Scenarios that a vector or another test
//! covers are left out.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use brama::{
    Config, Connection, Expiry, Identity, Outcome, PolicyPatch, Registry, State, circuit_breaker,
    event::{Event, EventFilter, EventKind, EventKinds},
    testing::TestRegistry,
};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn p() -> PolicyPatch {
    PolicyPatch::new()
}

fn state_and_failures(registry: &Registry) -> (State, u64) {
    let status = registry.status("api").unwrap();
    (status.state, status.failures)
}

mod connections {
    use super::*;

    #[test]
    fn a_registered_connection_is_closed_available_and_without_failures() {
        let registry = TestRegistry::new();
        let breaker = registry.register("api", Connection::new()).unwrap();
        assert_eq!(breaker.identity().identifier(), "api");
        assert_eq!(state_and_failures(&registry), (State::Closed, 0));
        assert!(registry.is_available("api"));
    }

    #[test]
    fn each_connection_is_registered_with_its_own_limits() {
        let registry = TestRegistry::new();
        let patch = p().failure_threshold(5).expiry(Expiry::fixed(seconds(30)));
        registry.register("api", Connection::new().policy(patch)).unwrap();
        registry.register("other", Connection::new()).unwrap();
        registry.fail_times("api", 4);
        registry.fail_times("other", 5);
        registry.assert_state("api", State::Closed);
        registry.fail_times("api", 1);
        registry.assert_state("api", State::Open);
        registry.assert_state("other", State::Closed);
        assert_eq!(registry.status("api").unwrap().retry_after, Some(seconds(30)));
    }

    #[test]
    fn a_connection_is_available_while_half_open_and_not_while_open() {
        let registry = TestRegistry::new();
        let available = [State::Closed, State::HalfOpen, State::Open].map(|state| {
            registry.set_state("api", state);
            registry.is_available("api")
        });
        assert_eq!(available, [true, true, false]);
    }

    #[test]
    fn one_success_clears_the_failures_and_no_success_opens() {
        let registry = TestRegistry::new();
        registry.breaker("api").failure("a test");
        assert_eq!(state_and_failures(&registry), (State::Closed, 1));
        registry.success("api").unwrap();
        registry.success("api").unwrap();
        assert_eq!(state_and_failures(&registry), (State::Closed, 0));
    }

    #[test]
    fn while_half_open_a_success_closes_and_a_failure_opens() {
        let registry = TestRegistry::new();
        registry.set_state("api", State::HalfOpen);
        registry.success("api").unwrap();
        registry.assert_state("api", State::Closed);
        registry.set_state("api", State::HalfOpen);
        registry.failure("api", "a test").unwrap();
        registry.assert_state("api", State::Open);
    }

    #[test]
    fn an_opening_knows_when_it_began() {
        let registry = TestRegistry::new();
        registry.configure("api", p().failure_threshold(1)).unwrap();
        registry.advance(seconds(7));
        registry.fail_times("api", 1);
        let status = registry.status("api").unwrap();
        assert_eq!((status.since, status.opening), (status.at, Some(1)));
    }
}

mod control {
    use super::*;

    #[test]
    fn a_connection_is_opened_closed_and_reset_by_hand() {
        let registry = TestRegistry::new();
        registry.register("api", Connection::new()).unwrap();
        registry.open("api", "a test").unwrap();
        registry.assert_state("api", State::Open);
        registry.close("api", "a test").unwrap();
        registry.assert_state("api", State::Closed);
        registry.fail_times("api", 2);
        registry.reset("api", "a test").unwrap();
        assert_eq!(state_and_failures(&registry), (State::Closed, 0));
    }

    #[test]
    fn an_opening_with_its_own_duration_ends_on_time_without_a_sweep() {
        let registry = TestRegistry::new();
        registry.register("api", Connection::new()).unwrap();
        registry.open_for("api", seconds(30), "a test").unwrap();
        registry.advance(seconds(29));
        assert!(!registry.is_available("api"));
        registry.advance(seconds(1));
        assert!(registry.is_available("api"));
    }

    #[test]
    fn a_sweep_shows_an_opening_that_is_over_as_half_open() {
        let registry = TestRegistry::new();
        let short = p().expiry(Expiry::fixed(Duration::from_millis(500)));
        registry.register("api", Connection::new().policy(short)).unwrap();
        registry.open("api", "a test").unwrap();
        registry.advance(Duration::from_millis(500));
        registry.sweep();
        registry.assert_state("api", State::HalfOpen);
    }
}

mod expiry {
    use super::*;

    fn waits(patch: PolicyPatch, openings: usize) -> Vec<u64> {
        let registry = TestRegistry::new();
        registry.configure("api", patch.failure_threshold(1)).unwrap();
        let wait = |_| {
            registry.fail_times("api", 1);
            let wait = registry.status("api").unwrap().retry_after.unwrap();
            registry.advance(wait);
            u64::try_from(wait.as_millis()).unwrap()
        };
        (0..openings).map(wait).collect()
    }

    #[test]
    fn progressive_openings_follow_the_documented_sequence() {
        let documented = p().expiry(Expiry::progressive(seconds(5), seconds(300)));
        assert_eq!(
            waits(documented, 8),
            [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]
        );
    }

    #[test]
    fn the_factor_and_the_longest_duration_are_settings() {
        let [first, most] = [100, 500].map(Duration::from_millis);
        let thrice = p().expiry(Expiry::progressive(first, most).with_factor(3.0));
        assert_eq!(waits(thrice, 4), [100, 300, 500, 500]);
    }

    #[test]
    fn failures_before_an_opening_do_not_lengthen_it() {
        let registry = TestRegistry::new();
        let [first, most] = [100, 1_000].map(Duration::from_millis);
        registry.configure("api", p().expiry(Expiry::progressive(first, most))).unwrap();
        registry.fail_times("api", 2);
        registry.open("api", "a test").unwrap();
        assert_eq!(registry.status("api").unwrap().retry_after, Some(first));
    }
}

mod configuration {
    use super::*;

    #[test]
    fn global_settings_are_those_of_new_connections() {
        let registry = TestRegistry::new();
        let patch = p().failure_threshold(3).expiry(Expiry::fixed(seconds(30)));
        registry.init(Config::new().defaults(patch)).unwrap();
        let policy = registry.register("api", Connection::new()).unwrap().status().policy;
        assert_eq!(policy.failure_threshold(), Some(3));
        assert_eq!(policy.expiry(), Expiry::fixed(seconds(30)));
    }

    #[test]
    fn settings_of_one_connection_change_at_run_time() {
        let registry = TestRegistry::new();
        let breaker = registry.register("api", Connection::new()).unwrap();
        registry.configure("api", p().failure_threshold(5)).unwrap();
        registry.configure("api", p().expiry(Expiry::fixed(seconds(15)))).unwrap();
        let policy = breaker.status().policy;
        assert_eq!(policy.failure_threshold(), Some(5));
        assert_eq!(policy.expiry(), Expiry::fixed(seconds(15)));
    }

    #[test]
    fn settings_of_an_unknown_connection_apply_once_it_exists() {
        let registry = TestRegistry::new();
        registry.configure("api", p().failure_threshold(5)).unwrap();
        assert!(registry.find("api").is_none());
        let policy = registry.register("api", Connection::new()).unwrap().status().policy;
        assert_eq!(policy.failure_threshold(), Some(5));
    }
}

mod decorator {
    use super::*;
    use crate::answer::{Answer, TestError};

    /// Successes, failures and ignored calls.
    fn counted(registry: &TestRegistry) -> [u64; 3] {
        let totals = registry.status("decorated").unwrap().totals;
        [totals.successes, totals.failures, totals.ignored]
    }

    #[circuit_breaker(identifier = "decorated", failure_threshold = 2)]
    fn plain(answer: Answer<u8>) -> Answer<u8> {
        answer
    }

    #[test]
    fn a_decorated_function_registers_its_connection_and_returns_its_own_answer() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert_eq!(plain(Ok(7)), Ok(7));
        assert_eq!(plain(Err(TestError::Failed("bad"))), Err(TestError::Failed("bad")));
        assert_eq!(counted(&registry), [1, 1, 0]);
    }

    #[test]
    fn while_open_a_decorated_function_answers_with_an_error_and_does_not_run() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        registry.set_state("decorated", State::Open);
        assert_eq!(plain(Ok(7)), Err(TestError::Open));
        assert_eq!(counted(&registry), [0, 0, 0]);
        registry.assert_rejected("decorated", 1);
    }

    #[test]
    fn a_panic_is_a_failure_and_propagates() {
        #[circuit_breaker(identifier = "decorated", registry = registry)]
        fn throws(registry: &Registry) -> Answer<u8> {
            Ok("no number".parse().map_err(|_| "as planned").unwrap())
        }
        let registry = TestRegistry::new();
        assert!(catch_unwind(AssertUnwindSafe(|| throws(&registry))).is_err());
        assert_eq!(counted(&registry), [0, 1, 0]);
        assert_eq!(registry.status("decorated").unwrap().reasons, ["panic"]);
    }

    #[test]
    fn a_handler_returns_success_failure_with_or_without_a_reason_or_ignore() {
        #[circuit_breaker(
            identifier = "decorated",
            registry = registry,
            fallback = "open",
            error_handler = |answer| match *answer {
                "well" => Outcome::Success,
                "badly" => Outcome::from(false),
                "late" => Outcome::failure("service_unavailable"),
                _ => Outcome::Ignore,
            },
        )]
        fn handled(registry: &Registry, answer: &'static str) -> &'static str {
            answer
        }
        let registry = TestRegistry::new();
        for answer in ["well", "badly", "late", "partly"] {
            assert_eq!(handled(&registry, answer), answer);
        }
        assert_eq!(counted(&registry), [1, 2, 1]);
        assert_eq!(
            registry.status("decorated").unwrap().reasons.last().unwrap(),
            &"service_unavailable"
        );
    }
}

mod events {
    use super::*;

    /// The events that pass the filter when two breakers open, each in two scopes.
    fn seen(filter: EventFilter) -> Vec<String> {
        let registry = Registry::new();
        let mut events = registry.subscribe(filter);
        for (identifier, scope) in [("a", "s"), ("a", "t"), ("b", "s"), ("b", "t")] {
            let breaker = registry.breaker(Identity::new(identifier).in_scope(scope));
            breaker.open("a test");
        }
        let line = |event: Event| format!("{} {}", event.identity, event.kind());
        std::iter::from_fn(|| events.try_recv()).map(line).collect()
    }

    #[test]
    fn kinds_connection_and_scope_select_one_by_one() {
        let changes = EventFilter::from(EventKind::StateChanged);
        let of_all = ["s/a state_changed", "t/a state_changed", "s/b state_changed"];
        assert_eq!(seen(changes)[..3], of_all);
        assert_eq!(
            seen(EventFilter::new().identifier("a")),
            ["s/a registered", "s/a state_changed", "t/a registered", "t/a state_changed"]
        );
        assert_eq!(
            seen(EventFilter::new().scope("t")),
            ["t/a registered", "t/a state_changed", "t/b registered", "t/b state_changed"]
        );
    }

    #[test]
    fn the_parts_of_a_filter_must_all_hold() {
        let filter = EventFilter::from(EventKind::Registered).identifier("b").scope("t");
        assert_eq!(seen(filter), ["t/b registered"]);
        let filter = EventFilter::from(EventKinds::CALLS).identifier("b").scope("t");
        assert!(seen(filter).is_empty());
    }

    #[test]
    fn a_dropped_subscription_receives_nothing_more_and_others_still_do() {
        let registry = Registry::new();
        let [first, mut second] = [(), ()].map(|()| registry.subscribe(EventKind::StateChanged));
        drop(first);
        registry.breaker("api").open("a test");
        assert_eq!(std::iter::from_fn(|| second.try_recv()).count(), 1);
    }
}

mod transport {
    use brama::{
        Policy,
        circuit::{Admission, Circuit, Tick, Verdict},
    };

    use super::*;

    const POLICY: Policy = Policy::conservative();

    fn fail(circuit: &mut Circuit, times: usize) {
        for _ in 0..times {
            circuit.record_unpermitted(&POLICY, Verdict::failure("no route"), Tick::ORIGIN);
        }
    }

    fn node(name: &str) -> Identity<'_> {
        Identity::new("transport").with_key(name)
    }

    #[test]
    fn the_preset_is_five_failures_thirty_seconds_two_successes_one_probe() {
        let settings = (POLICY.failure_threshold(), POLICY.success_threshold());
        assert_eq!(settings, (Some(5), 2));
        assert_eq!((POLICY.expiry().wait(0), POLICY.half_open_limit()), (seconds(30), 1));
    }

    #[test]
    fn a_new_circuit_is_closed_and_has_counted_nothing() {
        let circuit = Circuit::new(0);
        assert_eq!((circuit.state(), circuit.trips()), (State::Closed, 0));
        assert_eq!((circuit.failures(), circuit.successes()), (0, 0));
        assert!(circuit.would_admit(&POLICY, Tick::ORIGIN));
    }

    #[test]
    fn the_fifth_failure_opens_and_requests_are_rejected() {
        let mut circuit = Circuit::new(0);
        fail(&mut circuit, 4);
        assert_eq!((circuit.state(), circuit.failures()), (State::Closed, 4));
        fail(&mut circuit, 1);
        assert_eq!(circuit.state(), State::Open);
        let (admission, _) = circuit.admit(&POLICY, Tick::from_millis(29_999));
        assert!(matches!(admission, Admission::Rejected { .. }));
    }

    #[test]
    fn half_open_lets_one_request_in_at_a_time_and_closes_after_two() {
        let mut circuit = Circuit::new(0);
        fail(&mut circuit, 5);
        let now = Tick::from_millis(30_000);
        for before in [State::Open, State::HalfOpen] {
            assert_eq!(circuit.state(), before);
            assert!(matches!(circuit.admit(&POLICY, now), (Admission::Admitted(_), _)));
            assert!(matches!(circuit.admit(&POLICY, now), (Admission::Rejected { .. }, _)));
            circuit.report(&POLICY, circuit.generation(), Verdict::SUCCESS, now);
        }
        assert_eq!((circuit.state(), circuit.successes()), (State::Closed, 0));
    }

    #[test]
    fn a_failure_after_one_good_request_opens_again() {
        let mut circuit = Circuit::new(0);
        fail(&mut circuit, 5);
        let now = Tick::from_millis(30_000);
        circuit.sweep(now);
        circuit.record_unpermitted(&POLICY, Verdict::SUCCESS, now);
        circuit.record_unpermitted(&POLICY, Verdict::failure("no route"), now);
        assert_eq!((circuit.state(), circuit.until()), (State::Open, Some(now.after(seconds(30)))));
    }

    #[test]
    fn a_second_look_up_of_a_node_gives_the_existing_circuit() {
        let registry = TestRegistry::new();
        registry.fail_times(node("one"), 3);
        assert_eq!(registry.breaker(node("one")).status().failures, 3);
        assert_eq!(registry.breaker(node("two")).status().failures, 0);
    }

    #[test]
    fn resetting_one_node_leaves_the_others() {
        let registry = TestRegistry::new();
        for name in ["one", "two"] {
            registry.fail_times(node(name), 10);
        }
        registry.reset(node("one"), "a test").unwrap();
        let status = registry.status(node("one")).unwrap();
        assert_eq!((status.state, status.failures), (State::Closed, 0));
        registry.assert_state(node("two"), State::Open);
    }

    #[test]
    fn metrics_are_read_from_the_state_the_runs_and_the_totals() {
        let registry = TestRegistry::new();
        registry.configure("transport", POLICY.into()).unwrap();
        let numbers = || {
            let status = registry.breaker(node("one")).status();
            let totals = (status.totals.failures, status.totals.successes);
            (status.state.number(), status.failures, status.successes, totals)
        };
        assert_eq!(numbers(), (0, 0, 0, (0, 0)));
        registry.fail_times(node("one"), 5);
        assert_eq!(numbers(), (2, 5, 0, (5, 0)));
        registry.set_state(node("one"), State::HalfOpen);
        registry.succeed_times(node("one"), 1);
        assert_eq!(numbers(), (1, 0, 1, (5, 1)));
    }

    #[test]
    fn each_state_has_a_number_of_its_own() {
        assert_eq!(State::ALL.map(State::number), [0, 2, 1, 3, 4]);
    }
}
