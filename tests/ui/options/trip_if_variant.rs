//! A variant instead of a function.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", trip_if = PayError::Busy)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
