//! A number is not quoted.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", max_attempts = "5")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
