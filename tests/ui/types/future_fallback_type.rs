//! A fallback of another type than the future's output.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = 5)]
fn charge() -> impl Future<Output = Result<u8, CircuitOpen>> {
    async { Ok(1) }
}

fn main() {}
