//! The option `policy`, which sets a whole policy.

use std::time::Duration;

use brama::{CircuitOpen, Expiry, Outcome, Policy, PolicyPatch, State, circuit_breaker};

use crate::answer::{Answer, TestError, counted};

const FRAIL: PolicyPatch = PolicyPatch::new().failure_threshold(2).jitter(0.5);

#[test]
fn a_whole_policy_takes_effect() {
    #[circuit_breaker(identifier = "policy: whole", policy = FRAIL)]
    fn fail() -> Answer<()> {
        Err(TestError::Failed("always"))
    }
    assert_eq!(
        [fail(), fail()],
        [Err(TestError::Failed("always")), Err(TestError::Failed("always"))]
    );
    assert_eq!(fail(), Err(TestError::Open));
    let status = brama::breaker("policy: whole").status();
    assert_eq!((status.state, status.totals.rejected), (State::Open, 1));
    assert_eq!(counted("policy: whole"), [0, 2]);
}

#[test]
fn a_whole_policy_may_belong_to_a_type() {
    trait Node {
        const NAME: &str;
        const POLICY: PolicyPatch;

        #[circuit_breaker(
            identifier = Self::NAME,
            policy = Self::POLICY.shadow(true),
            error_handler = |_| Outcome::failure("always"),
        )]
        fn read(&self) -> Result<(), CircuitOpen> {
            Ok(())
        }
    }
    struct Disk;
    impl Node for Disk {
        const NAME: &str = "policy: of a type";
        const POLICY: PolicyPatch = FRAIL;
    }
    assert!((0..3).all(|_| Disk.read().is_ok()));
    let status = brama::breaker(Disk::NAME).status();
    assert_eq!(status.policy.failure_threshold(), Some(2));
    assert_eq!((status.state, status.totals.rejected), (State::Open, 1));
}

#[test]
fn a_patch_prints_what_it_sets() {
    let patch = FRAIL.failure_rate_off();
    let printed = "PolicyPatch { failure_threshold: 2, failure_rate: off, jitter: 0.5 }";
    assert_eq!(format!("{patch:?}"), printed);
}

#[test]
fn a_complete_policy_sets_every_setting() {
    #[circuit_breaker(identifier = "policy: complete", policy = Policy::conservative())]
    fn read() -> Result<(), CircuitOpen> {
        Ok(())
    }
    brama::configure("policy: complete", PolicyPatch::new().jitter(0.1)).unwrap();
    assert!(read().is_ok());
    let policy = *brama::breaker("policy: complete").status().policy;
    let expected = PolicyPatch::from(Policy::conservative()).jitter(0.1).policy();
    assert_eq!(Ok(policy), expected);
}

#[test]
fn a_setting_has_one_value_under_each_of_its_names_and_types() {
    let wait = Duration::from_secs(30);
    let patch = PolicyPatch::new().failure_threshold(3).with_expiry(Expiry::fixed(wait));
    assert_eq!(PolicyPatch::new().max_attempts(3).expiry(wait), patch);
    assert_eq!(PolicyPatch::new().max_attempts(3).expiry(Expiry::fixed(wait)), patch);
    assert_eq!(Expiry::from(wait), Expiry::fixed(wait));
    let none = PolicyPatch::new().expiry(Duration::ZERO).mistakes();
    assert_eq!(none.first().unwrap().limit(), "whole milliseconds, at least 1 ms");
}
