//! A call that makes no function.

use brama::{CircuitOpen, circuit_breaker};

fn page() -> Result<u8, CircuitOpen> {
    Ok(1)
}

#[circuit_breaker(identifier = "bank", on_open = page())]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
