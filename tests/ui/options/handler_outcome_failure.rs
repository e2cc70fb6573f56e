//! A failure instead of a function that returns it.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = brama::Outcome::failure("down"))]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
