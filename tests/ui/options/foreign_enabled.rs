//! The switch of other circuit breakers.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", enabled = false)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
