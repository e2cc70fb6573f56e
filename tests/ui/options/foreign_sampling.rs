//! The window of Polly.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", sampling_duration = "10s")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
