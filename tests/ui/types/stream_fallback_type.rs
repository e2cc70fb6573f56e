//! The fallback of a stream is an item.

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = "end", fallback = "none")]
fn charges() -> impl Stream<Item = Result<u8, CircuitOpen>> {
    futures_util::stream::iter([Ok(1)])
}

fn main() {
    let _ = charges();
}
