//! The opening of distribute for Gleam.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout_ms = 30000)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
