//! A minimum above a literal window: both numbers, at the minimum.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", failure_rate = 50, window = calls(5), minimum_calls = 6)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
