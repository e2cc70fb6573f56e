//! A handler that returns neither an outcome nor a bool.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = |_| 5)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
