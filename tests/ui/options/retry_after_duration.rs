//! A duration instead of a function of the error.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", retry_after = Duration::from_secs(5))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
