//! A constant outside its limits: the message points at the constant.

use brama::{CircuitOpen, circuit_breaker};

const NEVER: u32 = 0;

#[circuit_breaker(identifier = "bank", max_attempts = NEVER)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
