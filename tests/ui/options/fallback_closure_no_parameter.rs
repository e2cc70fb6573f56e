//! A closure without a parameter as the fallback.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = || Ok(1))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
