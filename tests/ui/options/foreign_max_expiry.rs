//! The progressive expiry of Brama for Elixir.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", max_expiry = 300000)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
