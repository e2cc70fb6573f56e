//! A literal identifier is not empty.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = " ")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
