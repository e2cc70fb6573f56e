//! A body of the wrong type.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> Result<u8, CircuitOpen> {
    "paid"
}

fn main() {}
