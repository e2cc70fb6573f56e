//! A decorated function that is deprecated, and a body that calls one.

#![deny(deprecated)]

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
#[deprecated = "use `pay`"]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

#[circuit_breaker(identifier = "bank")]
async fn charge_later() -> Result<(), CircuitOpen> {
    charge()
}

fn main() {
    let _ = charge_later();
}
