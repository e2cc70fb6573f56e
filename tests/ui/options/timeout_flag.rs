//! A timeout is a duration.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = true)]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
