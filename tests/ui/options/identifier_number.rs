//! A number is not an identifier.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = 5)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
