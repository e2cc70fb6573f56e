//! A ramp that is too short to grow.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ramp = "50ms")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
