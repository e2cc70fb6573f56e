//! The path of `error_handler` does not exist.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = judge)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
