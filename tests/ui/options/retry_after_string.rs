//! A duration instead of a function that returns one.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", retry_after = "20s")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
