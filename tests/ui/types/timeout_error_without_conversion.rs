//! The error has no `From<TimedOut>`.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = "5s")]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
