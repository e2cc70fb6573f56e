//! A policy in braces.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", policy = { failure_threshold: 3 })]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
