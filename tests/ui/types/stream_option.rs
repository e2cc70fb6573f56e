//! Items that are no `Result` need a verdict and an answer.

use brama::circuit_breaker;
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = "end")]
fn charges() -> impl Stream<Item = Option<u8>> {
    futures_util::stream::iter([Some(1)])
}

fn main() {
    let _ = charges();
}
