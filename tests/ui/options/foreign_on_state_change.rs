//! A callback of gobreaker, which is no option.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", on_state_change = log)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
