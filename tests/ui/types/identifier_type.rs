//! An identifier is a string.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = count)]
fn charge(count: u8) -> Result<u8, CircuitOpen> {
    Ok(count)
}

fn main() {}
