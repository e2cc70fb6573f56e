//! `?` on an `Option` in a `Result` function.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
async fn charge(amount: Option<u8>) -> Result<u8, CircuitOpen> {
    Ok(amount?)
}

fn main() {}
