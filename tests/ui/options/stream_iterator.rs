//! An iterator is no stream.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", stream = "end")]
fn charges() -> impl Iterator<Item = Result<u8, CircuitOpen>> {
    std::iter::once(Ok(1))
}

fn main() {
    let _ = charges();
}
