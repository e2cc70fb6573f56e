//! The beginning of one option only.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fall = Ok(()))]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
