//! A condition on a pattern instead of a predicate.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", trip_if = matches!(e, PayError::Busy(_)))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
