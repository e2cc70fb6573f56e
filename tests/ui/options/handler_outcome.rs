//! An outcome instead of a function that returns it.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = brama::Outcome::Success)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
