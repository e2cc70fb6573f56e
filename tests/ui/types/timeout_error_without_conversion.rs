//! The error cannot say that the call timed out.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = "5s")]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
