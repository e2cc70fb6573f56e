//! `future` takes a flag.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", future = "yes")]
fn charge() -> impl Future<Output = Result<u8, CircuitOpen>> {
    async { Ok(1) }
}

fn main() {}
