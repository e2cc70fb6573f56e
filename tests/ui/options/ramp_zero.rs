//! A ramp without a duration.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ramp = "0s")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
