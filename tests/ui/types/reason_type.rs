//! `reason` returns a text.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", reason = |_| Some("down"))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
