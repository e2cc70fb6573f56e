//! An `Option` as a key does not implement `Display`.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", key = node)]
fn charge(node: Option<u8>) -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
