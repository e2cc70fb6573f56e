//! An `async fn` does not need `future`.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", future = true)]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
