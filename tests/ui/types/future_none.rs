//! The body makes no future.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> impl Future<Output = Result<u8, CircuitOpen>> {
    Ok(1)
}

fn main() {}
