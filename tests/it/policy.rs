//! The option `policy`, which sets a whole policy.

use brama::{CircuitOpen, Outcome, PolicyPatch, State, circuit_breaker};

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
