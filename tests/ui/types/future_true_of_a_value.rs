//! `future = true` on a function that returns no future.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", future = true)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
