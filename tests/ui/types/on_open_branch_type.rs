//! An `on_open` that returns another type from one arm.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", on_open = |open| match card { 0 => Err(open), _ => 7 })]
fn charge(card: u8) -> Result<u8, CircuitOpen> {
    Ok(card)
}

fn main() {}
