//! A closure without its second bar.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", trip_if = |error)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
