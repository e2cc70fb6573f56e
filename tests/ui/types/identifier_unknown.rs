//! The path of `identifier` does not exist.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = BANK)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
