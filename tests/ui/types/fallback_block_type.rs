//! A fallback of another type at the end of a block.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = { let last = card; last })]
fn charge(card: u8) -> Result<u8, CircuitOpen> {
    Ok(card)
}

fn main() {}
