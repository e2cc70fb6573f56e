//! A future of a type of its own cannot be put into another.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", future = true)]
fn charge() -> std::future::Ready<Result<u8, CircuitOpen>> {
    std::future::ready(Ok(1))
}

fn main() {}
