//! An optional key has nothing to write out.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", key = node)]
fn charge(node: Option<u8>) -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
