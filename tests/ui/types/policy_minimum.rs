//! A minimum of calls that is larger than the window.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", minimum_calls = 20, window = calls(10))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
