//! A crate that depends on the platform alone and cannot name `brama`.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use brama_platform::breaker::{CircuitOpen, Identity, circuit_breaker, testing::TestRegistry};

#[circuit_breaker(
    identifier = "handed on",
    crate = brama_platform::breaker,
    window = calls(10),
    expiry = "5s",
    ignore_if = |_| false
)]
fn charge(number: u8) -> Result<u8, CircuitOpen> {
    Ok(number)
}

#[circuit_breaker(scope = "platform", crate = brama_platform::breaker)]
mod bank {
    use brama_platform::breaker::{CircuitOpen, circuit_breaker};

    #[circuit_breaker(identifier = "handed on")]
    pub(super) async fn charge(number: u8) -> Result<u8, CircuitOpen> {
        Ok(number)
    }

    #[circuit_breaker(identifier = "timed", timeout = "1s", on_timeout = |_| Ok(0))]
    pub(super) async fn timed(number: u8) -> Result<u8, CircuitOpen> {
        Ok(number)
    }
}

fn finish<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[test]
fn a_crate_may_be_handed_the_facade_by_another() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    assert_eq!(charge(1).ok(), Some(1));
    assert!(matches!(finish(bank::charge(2)), Some(Ok(2))));
    let _needs_a_runtime_s_clock = bank::timed(3);
    registry.assert_successes("handed on", 1);
    let scoped = Identity::new("handed on").in_scope("platform");
    registry.assert_successes(scoped, 1);
}

#[test]
fn the_crate_between_knows_it_by_another_name() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    assert_eq!(brama_platform::charge(3).ok(), Some(3));
    assert!(matches!(finish(brama_platform::charge_later("platform: later", 4)), Some(Ok(4))));
    registry.assert_successes("platform: renamed", 1);
    registry.assert_successes("platform: later", 1);
}
