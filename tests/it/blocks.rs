//! Options of a block, which its functions inherit or override.

#![expect(clippy::unused_self, reason = "methods under test")]

use std::time::Duration;

use brama::{CircuitOpen, Expiry, Identity, PolicyPatch, Registry, State, Status, circuit_breaker};

use crate::answer::{Answer, TestError};

fn status(scope: &'static str, identifier: &'static str) -> Option<Status> {
    brama::status(Identity::new(identifier).in_scope(scope))
}

fn counted(status: &Status) -> [u64; 3] {
    [status.totals.successes, status.totals.failures, status.totals.rejected]
}

struct Bank;

#[circuit_breaker(scope = "blocks: bank", max_attempts = 2, expiry = "7s", identifier = "till")]
impl Bank {
    #[circuit_breaker(identifier = "charge")]
    fn charge(&self) -> Answer<()> {
        Err(TestError::Failed("always"))
    }

    #[circuit_breaker(identifier = "refund", failure_threshold = 1)]
    fn refund(&self) -> Answer<()> {
        Err(TestError::Failed("always"))
    }

    #[circuit_breaker]
    fn count(&self) -> Answer<u8> {
        Ok(1)
    }

    #[circuit_breaker(scope = "blocks: elsewhere")]
    async fn close(&self) -> Answer<u8> {
        Ok(self.open())
    }

    fn open(&self) -> u8 {
        2
    }
}

#[test]
fn a_function_inherits_unset_options_from_its_block() {
    assert!((0..3).all(|_| Bank.charge().is_err() && Bank.refund().is_err()));
    let [charge, refund] = ["charge", "refund"].map(|name| status("blocks: bank", name).unwrap());
    assert_eq!([counted(&charge), counted(&refund)], [[0, 2, 1], [0, 1, 2]]);
    assert_eq!([charge.state, refund.state], [State::Open, State::Open]);
    let expiry = Expiry::fixed(Duration::from_secs(7));
    assert_eq!([charge.policy.expiry(), refund.policy.expiry()], [expiry, expiry]);
}

#[tokio::test]
async fn functions_without_an_identifier_use_the_identifier_of_their_block() {
    assert_eq!([Bank.count(), Bank.close().await], [Ok(1), Ok(2)]);
    let [here, there] =
        ["blocks: bank", "blocks: elsewhere"].map(|scope| status(scope, "till").unwrap());
    assert_eq!([counted(&here), counted(&there)], [[1, 0, 0], [1, 0, 0]]);
    assert_eq!(there.policy.failure_threshold(), Some(2));
}

#[circuit_breaker(scope = "blocks: shop", policy = FRAIL)]
mod shop {
    use super::{Answer, CircuitOpen, FRAIL, PolicyPatch, circuit_breaker};

    #[circuit_breaker(identifier = "whole")]
    pub(super) fn whole() -> Answer<()> {
        Ok(())
    }

    #[circuit_breaker(identifier = "over", success_threshold = 5)]
    pub(super) fn over() -> Answer<()> {
        Ok(())
    }

    #[circuit_breaker(identifier = "instead", policy = PolicyPatch::new().half_open_limit(4))]
    pub(super) fn instead() -> Answer<()> {
        Ok(())
    }

    pub(super) struct Shelf;

    #[circuit_breaker(failure_threshold = 6)]
    impl Shelf {
        #[circuit_breaker(identifier = "inner", half_open_limit = 4)]
        pub(super) fn count(&self) -> Result<(), CircuitOpen> {
            Ok(())
        }
    }
}

const FRAIL: PolicyPatch = PolicyPatch::new().failure_threshold(1).success_threshold(3);

#[test]
fn settings_of_a_function_override_the_policy_of_its_block() {
    assert!(shop::whole().is_ok() && shop::over().is_ok() && shop::instead().is_ok());
    assert_eq!(shop::Shelf.count(), Ok(()));
    let settings = ["whole", "over", "instead", "inner"].map(|name| {
        let policy = status("blocks: shop", name).unwrap().policy;
        let failures = policy.failure_threshold().unwrap();
        [failures, policy.success_threshold(), policy.half_open_limit()]
    });
    assert_eq!(settings, [[1, 3, 1], [1, 5, 1], [10, 1, 4], [6, 3, 4]]);
}

struct Till {
    registry: Registry,
}

#[circuit_breaker(registry = &self.registry)]
impl Till {
    #[circuit_breaker(identifier = "blocks: registry")]
    fn count(&mut self) -> Answer<()> {
        Ok(())
    }
}

#[test]
fn a_registry_of_a_block_is_evaluated_in_its_functions() {
    let mut till = Till { registry: Registry::new() };
    assert_eq!(till.count(), Ok(()));
    assert_eq!(till.registry.status("blocks: registry").unwrap().totals.successes, 1);
    assert!(brama::status("blocks: registry").is_none());
}

#[test]
fn a_block_sets_the_type_of_its_functions_and_each_may_override_it() {
    struct Shop;

    #[circuit_breaker(scope = "blocks: shop", type = "http")]
    impl Shop {
        #[circuit_breaker(identifier = "price")]
        fn price(&self) -> Answer<u8> {
            Ok(1)
        }

        #[circuit_breaker(identifier = "stock", type = "warehouse")]
        fn stock(&self) -> Answer<u8> {
            Ok(2)
        }
    }

    let _ = (Shop.price(), Shop.stock());
    let kind = |identifier| status("blocks: shop", identifier).unwrap().kind.unwrap().to_string();
    assert_eq!([kind("price"), kind("stock")], ["http", "warehouse"]);
}
