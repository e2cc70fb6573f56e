//! A text instead of a function that returns it.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", reason = "the bank is down")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
