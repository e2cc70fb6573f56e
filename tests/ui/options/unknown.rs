//! An option that a retry library would have.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", retries = 3)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
