//! A text without anything.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", expiry = "")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
