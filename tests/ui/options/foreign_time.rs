//! A word for two options.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", time = "5s")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
