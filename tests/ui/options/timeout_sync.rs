//! A sync function cannot be cancelled.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = "5s")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
