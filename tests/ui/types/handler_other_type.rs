//! A handler for another return type: the message shows both signatures.

use brama::{CircuitOpen, Outcome, circuit_breaker};

fn judge(_: &Result<u16, CircuitOpen>) -> Outcome {
    Outcome::Success
}

#[circuit_breaker(identifier = "bank", error_handler = judge)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
