//! A share instead of a percentage.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", failure_rate = 0.5)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
