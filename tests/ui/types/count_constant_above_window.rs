//! A constant above the window.

use brama::{CircuitOpen, circuit_breaker};

const LAST: u32 = 10;

#[circuit_breaker(identifier = "bank", window = calls(LAST), failure_count = 20)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
