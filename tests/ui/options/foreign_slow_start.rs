//! The ramp of other circuit breakers.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", slow_start = "20s")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
