//! A semicolon too many.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1);
}

fn main() {}
