//! A syntax error inside a match of an option.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = |paid| match paid { Ok(_) => true, Err(_) })]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
