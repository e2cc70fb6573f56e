//! A timeout has a unit.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = 5)]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
