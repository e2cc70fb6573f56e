//! A variant of an error instead of a predicate.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ignore_if = PayError::Late)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
