//! The progressive expiry of Brama for Elixir.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", expiry_strategy = "progressive")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
