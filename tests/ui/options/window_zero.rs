//! Below the limit.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", window = calls(0))]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
