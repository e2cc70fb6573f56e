//! `failure_if` and `ignore_if`: which errors of a `Result` count.

use std::cell::RefCell;

use brama::{CircuitOpen, Registry, Totals, circuit_breaker};

#[derive(Debug, thiserror::Error)]
enum PayError {
    #[error("HTTP {0}")]
    Status(u16),
    #[error(transparent)]
    Open(#[from] CircuitOpen),
}

impl PayError {
    const fn is_server(&self) -> bool {
        matches!(self, Self::Status(500..))
    }

    const fn is(&self, status: u16) -> bool {
        matches!(self, Self::Status(own) if *own == status)
    }
}

type Paid = Result<(), PayError>;

/// Successes, failures and ignored calls of the registry's only breaker.
fn counted(registry: &Registry) -> [u64; 3] {
    let Totals { successes, failures, ignored, .. } = registry.breaker("it").status().totals;
    [successes, failures, ignored]
}

fn rejection() -> CircuitOpen {
    let breaker = Registry::new().breaker("inner");
    breaker.force_open("test");
    breaker.try_acquire().unwrap_err()
}

#[test]
fn an_error_that_is_not_a_failure_is_a_success() {
    #[circuit_breaker(identifier = "it", registry = registry, failure_if = PayError::is_server)]
    fn pay(registry: &Registry, paid: Paid) -> Paid {
        paid
    }
    let registry = Registry::new();
    assert!(pay(&registry, Ok(())).is_ok());
    assert!(pay(&registry, Err(PayError::Status(404))).is_err());
    assert!(pay(&registry, Err(PayError::Status(503))).is_err());
    assert_eq!(counted(&registry), [2, 1, 0]);
    let reasons = registry.breaker("it").status().reasons;
    assert_eq!(reasons.first().unwrap().to_string(), "HTTP 503");
}

#[test]
fn an_error_that_is_not_ignored_is_a_failure() {
    #[circuit_breaker(identifier = "it", registry = registry, ignore_if = |error| error.is(404))]
    async fn pay(registry: &Registry, paid: Paid) -> Paid {
        paid
    }
    let registry = Registry::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for paid in [Ok(()), Err(PayError::Status(404)), Err(PayError::Status(400))] {
        let _: Paid = runtime.block_on(pay(&registry, paid));
    }
    assert_eq!(counted(&registry), [1, 1, 1]);
}

#[test]
fn ignore_if_runs_first_and_only_for_errors() {
    #[circuit_breaker(
        identifier = "it",
        registry = registry,
        failure_if = |error| { called.borrow_mut().push("failure_if"); error.is_server() },
        ignore_if = |error| { called.borrow_mut().push("ignore_if"); error.is(501) },
    )]
    fn pay(registry: &Registry, called: &RefCell<Vec<&str>>, paid: Paid) -> Paid {
        paid
    }
    let (registry, called) = (Registry::new(), RefCell::new(Vec::new()));
    assert!(pay(&registry, &called, Ok(())).is_ok());
    assert_eq!(called.take(), [""; 0]);
    assert!(pay(&registry, &called, Err(PayError::Status(501))).is_err());
    assert_eq!(called.take(), ["ignore_if"]);
    assert!(pay(&registry, &called, Err(PayError::Status(502))).is_err());
    assert_eq!(called.take(), ["ignore_if", "failure_if"]);
    assert!(pay(&registry, &called, Err(PayError::Status(404))).is_err());
    assert_eq!(counted(&registry), [2, 1, 1]);
}

#[test]
fn the_rejection_of_another_breaker_stays_ignored() {
    #[circuit_breaker(
        identifier = "it",
        registry = registry,
        failure_if = |_| true,
        ignore_if = |_| false,
    )]
    fn pay(registry: &Registry) -> Paid {
        Err(rejection())?
    }
    let registry = Registry::new();
    assert!(matches!(pay(&registry), Err(PayError::Open(_))));
    assert_eq!(counted(&registry), [0, 0, 1]);
}

#[test]
fn the_rejection_of_another_breaker_is_no_success_if_it_is_no_failure() {
    #[circuit_breaker(identifier = "it", registry = registry, failure_if = |_| false)]
    fn pay(registry: &Registry) -> Paid {
        Err(rejection())?
    }
    let registry = Registry::new();
    assert!(matches!(pay(&registry), Err(PayError::Open(_))));
    assert_eq!(counted(&registry), [0, 0, 1]);
}

#[test]
fn a_panic_in_failure_if_is_a_failure_and_propagates() {
    #[circuit_breaker(identifier = "it", registry = registry, failure_if = |_| panic!("asked"))]
    fn pay(registry: &Registry) -> Paid {
        Err(PayError::Status(1))
    }
    let registry = Registry::new();
    let paid = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| pay(&registry)));
    assert!(paid.is_err());
    assert_eq!(counted(&registry), [0, 1, 0]);
}

mod failures {
    use std::time::Duration;

    use brama::{Config, State, config::Reasons, testing::TestRegistry};

    use super::*;

    fn hint(error: &PayError) -> Option<Duration> {
        error.is(429).then(|| Duration::from_secs(20))
    }

    /// The order in which the options are written does not matter.
    #[test]
    fn the_rules_run_in_their_order_and_only_for_failures() {
        #[circuit_breaker(
            identifier = "it",
            reason = |error| log(asked, "reason", error.to_string()),
            retry_after = |error| log(asked, "retry_after", hint(error)),
            failure_if = |error| log(asked, "failure_if", error.is_server()),
            trip_if = |error| log(asked, "trip_if", error.is(429)),
            ignore_if = |error| log(asked, "ignore_if", error.is(400)),
        )]
        fn pay(asked: &RefCell<Vec<&'static str>>, status: u16) -> Paid {
            Err(PayError::Status(status))
        }
        fn log<T>(asked: &RefCell<Vec<&'static str>>, rule: &'static str, answer: T) -> T {
            asked.borrow_mut().push(rule);
            answer
        }
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        for (status, expected) in [
            (400, &["ignore_if"][..]),
            (404, &["ignore_if", "trip_if", "failure_if"]),
            (503, &["ignore_if", "trip_if", "failure_if", "retry_after", "reason"]),
            // What trips is a failure, whatever `failure_if` says.
            (429, &["ignore_if", "trip_if", "retry_after", "reason"]),
        ] {
            let asked = RefCell::new(Vec::new());
            assert!(pay(&asked, status).is_err());
            assert_eq!(*asked.borrow(), expected, "{status}");
        }
        registry.assert_state("it", State::Open);
        registry.assert_ignored("it", 1);
        registry.assert_successes("it", 1);
        registry.assert_failures("it", 2);
    }

    #[test]
    fn a_hint_of_a_failure_lengthens_the_opening_and_that_of_a_trip_is_the_opening() {
        #[circuit_breaker(identifier = "failure", max_attempts = 1, expiry = "5s", retry_after = hint)]
        fn failure(status: u16) -> Paid {
            Err(PayError::Status(status))
        }
        #[circuit_breaker(identifier = "trip", retry_after = hint, trip_if = |e| e.is(429))]
        fn trip(status: u16) -> Paid {
            Err(PayError::Status(status))
        }
        #[circuit_breaker(identifier = "bare", trip_if = |_| true)]
        fn bare() -> Paid {
            Err(PayError::Status(500))
        }
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        drop((failure(429), trip(429), bare()));
        let wait = |name| registry.status(name).unwrap().retry_after.unwrap().as_secs();
        assert_eq!(["failure", "trip", "bare"].map(wait), [20, 20, 60]);
    }

    #[test]
    fn a_reason_is_any_text_and_may_borrow_from_the_error() {
        #[derive(Debug)]
        struct Code(String);

        impl From<CircuitOpen> for Code {
            fn from(_: CircuitOpen) -> Self {
                Self("open".to_owned())
            }
        }

        type Coded = Result<(), Code>;

        #[circuit_breaker(identifier = "it", reason = |error| &error.0)]
        fn borrowed() -> Coded {
            Err(Code("E7".to_owned()))
        }
        #[circuit_breaker(identifier = "it", reason = |_| "constant")]
        fn constant() -> Coded {
            Err(Code("E7".to_owned()))
        }
        #[circuit_breaker(identifier = "it", reason = |error| error.0.len())]
        fn number() -> Coded {
            Err(Code("E7".to_owned()))
        }
        #[circuit_breaker(identifier = "it", reason = text)]
        fn path() -> Coded {
            Err(Code("E7".to_owned()))
        }
        fn text(error: &Code) -> String {
            format!("code {}", error.0)
        }
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        drop((borrowed(), constant(), number(), path()));
        assert_eq!(registry.status("it").unwrap().reasons, ["E7", "constant", "2", "code E7"]);
    }

    /// The operator's setting goes over the option: texts can hold secrets.
    #[test]
    fn the_registry_decides_what_is_recorded_of_a_reason() {
        #[circuit_breaker(identifier = "it", reason = |error| format!("token 7: {error}"))]
        fn pay() -> Paid {
            Err(PayError::Status(500))
        }
        for (reasons, recorded) in [
            (Reasons::Text, "token 7: HTTP 500"),
            (Reasons::Type, "it::failure_if::PayError"),
            (Reasons::None, "not recorded"),
        ] {
            let registry = TestRegistry::new();
            let _entered = registry.enter();
            registry.init(Config::new().reasons(reasons).cleanup_interval(None)).unwrap();
            drop(pay());
            assert_eq!(registry.status("it").unwrap().reasons, [recorded]);
        }
    }

    #[test]
    fn no_rule_runs_for_the_rejection_of_another_breaker() {
        #[circuit_breaker(
            identifier = "it",
            trip_if = |_| unreachable!("not asked"),
            retry_after = |_| unreachable!("not asked"),
            reason = |_| -> &str { unreachable!("not asked") },
        )]
        fn pay() -> Paid {
            Err(rejection().into())
        }
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert!(pay().is_err());
        registry.assert_ignored("it", 1);
    }
}
