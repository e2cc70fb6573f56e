//! The body returns no stream.

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = "end")]
fn charges() -> impl Stream<Item = Result<u8, CircuitOpen>> {
    Ok(1)
}

fn main() {
    let _ = charges();
}
