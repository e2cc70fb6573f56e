//! A fallback of another type in a branch.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = if 1 < card { Ok(1) } else { 2 })]
fn charge(card: u8) -> Result<u8, CircuitOpen> {
    Ok(card)
}

fn main() {}
