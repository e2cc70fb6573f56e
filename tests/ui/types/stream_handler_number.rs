//! An `error_handler` of a stream sees an item.

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = "end", error_handler = |item| item.len())]
fn charges() -> impl Stream<Item = Result<u8, CircuitOpen>> {
    futures_util::stream::iter([Ok(1)])
}

fn main() {
    let _ = charges();
}
