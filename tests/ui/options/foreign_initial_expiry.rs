//! The progressive expiry of Brama for Elixir.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", initial_expiry = 5000)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
