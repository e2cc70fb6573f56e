//! A percentage with three decimals.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", failure_rate = 0.125)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
