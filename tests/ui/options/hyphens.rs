//! Hyphens in a name.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", failure-threshold = 5)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
