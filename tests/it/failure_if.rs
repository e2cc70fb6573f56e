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
