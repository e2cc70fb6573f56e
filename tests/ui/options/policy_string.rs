//! A whole policy is a patch.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", policy = "30s")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
