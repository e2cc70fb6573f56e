//! A scope is a literal.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", scope = SCOPE)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
