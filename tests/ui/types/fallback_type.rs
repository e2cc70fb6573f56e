//! A fallback of another type than the function returns.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = 5)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
