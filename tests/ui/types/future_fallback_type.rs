//! The fallback is no answer of the future.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = 5)]
fn charge() -> impl Future<Output = Result<u8, CircuitOpen>> {
    async { Ok(1) }
}

fn main() {}
