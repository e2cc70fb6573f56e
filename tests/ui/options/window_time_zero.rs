//! A window of no time.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", window = time("0s"))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
