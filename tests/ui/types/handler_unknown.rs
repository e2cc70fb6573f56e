//! A path that leads nowhere.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = judge)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
