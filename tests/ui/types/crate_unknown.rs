//! The path of `crate` does not exist.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", crate = gate)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
