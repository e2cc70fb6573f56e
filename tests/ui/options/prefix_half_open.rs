//! The beginning of one option only.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", half_open = 2)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
