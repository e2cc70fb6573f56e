//! A handler that is called instead of named.

use brama::{CircuitOpen, Outcome, circuit_breaker};

fn judge(_: &Result<u8, CircuitOpen>) -> Outcome {
    Outcome::Success
}

#[circuit_breaker(identifier = "bank", error_handler = judge())]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
