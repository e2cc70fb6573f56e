//! `durations` switches a histogram on, and has no length.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", durations = "5s")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
