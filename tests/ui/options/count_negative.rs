//! Below the limit.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", max_attempts = -1)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
