//! A type is a literal.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", type = KIND)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
