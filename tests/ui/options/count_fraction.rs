//! A count is whole.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", max_attempts = 1.5)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
