//! `span` takes a flag.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", span = "payments")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
