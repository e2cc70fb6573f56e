//! `future = true` on a future that is not a pinned box.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", future = true)]
fn charge() -> std::future::Ready<Result<u8, CircuitOpen>> {
    std::future::ready(Ok(1))
}

fn main() {}
