//! A stream in a `Result` is not the stream itself.

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = "end")]
fn charges() -> Result<impl Stream<Item = Result<u8, CircuitOpen>>, CircuitOpen> {
    Ok(futures_util::stream::iter([Ok(1)]))
}

fn main() {
    let _ = charges();
}
