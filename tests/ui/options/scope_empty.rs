//! A scope is not empty.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", scope = "")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
