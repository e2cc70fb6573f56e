//! A registry of another type.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", registry = 5)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
