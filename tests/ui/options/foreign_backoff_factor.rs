//! The progressive expiry of Brama for Elixir.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", backoff_factor = 2)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
