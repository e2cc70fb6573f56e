//! An `on_open` that returns another type at the end of a block.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", on_open = |_| { 7 })]
fn charge(card: u8) -> Result<u8, CircuitOpen> {
    Ok(card)
}

fn main() {}
