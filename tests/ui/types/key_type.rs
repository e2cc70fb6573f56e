//! A key implements `Display`.

use brama::{CircuitOpen, circuit_breaker};

struct Card;

#[circuit_breaker(identifier = "bank", key = card)]
fn charge(card: &Card) -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
