//! A stream is judged at its first item or at its end.

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = "last_item")]
fn charges() -> impl Stream<Item = Result<u8, CircuitOpen>> {
    futures_util::stream::iter([Ok(1)])
}

fn main() {}
