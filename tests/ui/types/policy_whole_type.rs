//! A patch of another type.

use brama::{CircuitOpen, circuit_breaker};

const WAIT: u32 = 5;

#[circuit_breaker(identifier = "bank", policy = WAIT)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
