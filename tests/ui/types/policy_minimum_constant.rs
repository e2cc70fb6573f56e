//! A constant minimum above a literal window: both numbers.

use brama::{CircuitOpen, circuit_breaker};

const LEAST: u32 = 6;

#[circuit_breaker(identifier = "bank", window = calls(5), minimum_calls = LEAST)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
