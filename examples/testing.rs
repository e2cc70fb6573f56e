//! Tests of a shop's decorated functions: `cargo test --example testing`.

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use brama::{CircuitOpen, circuit_breaker};

/// Why a payment failed.
#[derive(Debug, PartialEq, thiserror::Error)]
enum PayError {
    #[error("the payment service answered {0}")]
    Status(u16),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

#[circuit_breaker(
    identifier = "payment_api",
    max_attempts = 3,
    expiry = "30s",
    ignore_if = |error| *error == PayError::Status(422),
)]
fn charge(answer: u16) -> Result<u16, PayError> {
    if answer < 400 { Ok(answer) } else { Err(PayError::Status(answer)) }
}

#[circuit_breaker(identifier = "stock", key = shop, fallback = Ok(0))]
async fn in_stock(shop: &str) -> Result<u32, CircuitOpen> {
    tokio::task::yield_now().await;
    Ok(17)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{:?}, {:?}", charge(200), in_stock("Łódź").await);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use brama::{Identity, State, testing::TestRegistry};

    use super::*;

    #[test]
    fn three_failures_stop_payments_for_half_a_minute() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert!((0..3).all(|_| charge(503) == Err(PayError::Status(503))));
        assert!(matches!(charge(200), Err(PayError::Rejected(_))));
        registry.advance(Duration::from_secs(30));
        assert_eq!(charge(200), Ok(200));
        registry.assert_state("payment_api", State::Closed);
    }

    #[test]
    fn a_callers_mistake_is_no_failure() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert!((0..9).all(|_| charge(422) == Err(PayError::Status(422))));
        registry.assert_ignored("payment_api", 9);
        registry.assert_failures("payment_api", 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_shop_that_does_not_answer_has_nothing_in_stock() {
        let registry = TestRegistry::on_tokio_time();
        let _entered = registry.enter();
        registry.set_state(Identity::new("stock").with_key("Oslo"), State::Open);
        assert_eq!([in_stock("Oslo").await, in_stock("Bergen").await], [Ok(0), Ok(17)]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(in_stock("Oslo").await, Ok(17));
    }
}
