//! A stream that is not `Send` does not become `Send`.

use std::rc::Rc;

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = "end")]
fn charges(row: Rc<u8>) -> impl Stream<Item = Result<u8, CircuitOpen>> {
    futures_util::stream::once(async move { Ok(*row) })
}

fn sent(_: impl Send) {}

fn main() {
    sent(charges(Rc::new(1)));
}
