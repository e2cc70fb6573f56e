//! Above the limit.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", jitter = 1.5)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
