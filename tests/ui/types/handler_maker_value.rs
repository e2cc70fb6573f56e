//! A function that makes an outcome and no handler.

use brama::{CircuitOpen, Outcome, circuit_breaker};

fn judge(_: u8) -> Outcome {
    Outcome::Success
}

#[circuit_breaker(identifier = "bank", error_handler = judge(5))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
