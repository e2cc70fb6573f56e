//! A result that is not used.

#![deny(unused_must_use)]

use brama::{CircuitOpen, Outcome, circuit_breaker};

#[must_use = "it is money"]
#[circuit_breaker(identifier = "bank", error_handler = |_| Outcome::Success, fallback = 0)]
fn balance() -> u8 {
    1
}

#[circuit_breaker(identifier = "bank")]
async fn charge_later() -> Result<(), CircuitOpen> {
    balance();
    Ok(())
}

fn main() {
    charge_later();
}
