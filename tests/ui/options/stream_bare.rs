//! The word stands in quotes.

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = end)]
fn charges() -> impl Stream<Item = Result<u8, CircuitOpen>> {
    futures_util::stream::iter([Ok(1)])
}

fn main() {}
