//! Durations are sums of whole numbers.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", expiry = "1.5s")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
