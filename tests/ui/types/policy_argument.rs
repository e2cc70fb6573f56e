//! A setting cannot use an argument, which is not a constant.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", max_attempts = limit)]
fn charge(limit: u32) -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
