//! A number is not a flag.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", shadow = 1)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
