//! An `on_open` that returns another type.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", on_open = |open| open.to_string())]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
