//! `ignore_if` takes a path or a closure.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ignore_if = "is_late")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
