//! The future answers with another type than the signature says.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> impl Future<Output = Result<u8, CircuitOpen>> {
    async { 5_u8 }
}

fn main() {}
