//! A function that returns another type.

use brama::{CircuitOpen, circuit_breaker};

fn reject(open: CircuitOpen) -> String {
    open.to_string()
}

#[circuit_breaker(identifier = "bank", on_open = reject)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
