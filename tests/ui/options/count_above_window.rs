//! More failures than the window has calls.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", window = calls(10), failure_count = 20)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
