//! A window has one size.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", window = calls(1, 2))]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
