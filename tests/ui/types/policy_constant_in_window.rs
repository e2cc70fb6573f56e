//! A constant inside another value.

use brama::{CircuitOpen, circuit_breaker};

const NONE: u32 = 0;

#[circuit_breaker(identifier = "bank", window = calls(NONE))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
