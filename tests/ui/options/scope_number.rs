//! A scope that is no text.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", scope = 5)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
