//! A syntax error inside the closure of an option.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", on_open = |open| { let answer = ; answer })]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
