//! A minimum that the window cannot hold.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", minimum_calls = 20, window = calls(10))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
