//! The error of an item cannot be made from `TimedOut`.

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = "first_item", timeout = "5s")]
fn charges() -> impl Stream<Item = Result<u8, CircuitOpen>> {
    futures_util::stream::iter([Ok(1)])
}

fn main() {
    let _ = charges();
}
