//! Several variants of the error instead of a predicate.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", trip_if = PayError::Busy | PayError::Code(429))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
