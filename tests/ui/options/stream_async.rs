//! An `async fn` returns no stream before it is awaited.

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

#[circuit_breaker(identifier = "bank", stream = "end")]
async fn charges() -> Result<impl Stream<Item = Result<u8, CircuitOpen>>, CircuitOpen> {
    Ok(futures_util::stream::iter([Ok(1)]))
}

fn main() {}
