//! A variant with its fields instead of a predicate.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", failure_if = PayError::Code(500))]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
