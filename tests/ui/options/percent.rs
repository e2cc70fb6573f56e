//! A percentage is at most 100.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", failure_rate = 150)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
