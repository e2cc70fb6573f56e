//! `failure_if` takes one argument.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", failure_if = |error, code| true)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
