//! A key that is the same for every call.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", key = "eu")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
