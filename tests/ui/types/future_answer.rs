//! The future has another output than the signature declares.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> impl Future<Output = Result<u8, CircuitOpen>> {
    async { 5_u8 }
}

fn main() {}
