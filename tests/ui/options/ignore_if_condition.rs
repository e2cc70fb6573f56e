//! A condition instead of a predicate.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ignore_if = error.kind() == ErrorKind::NotFound)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
