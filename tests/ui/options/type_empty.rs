//! A type is not empty.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", type = "")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
