//! The body does not make a future.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> impl Future<Output = Result<u8, CircuitOpen>> {
    Ok(1)
}

fn main() {}
