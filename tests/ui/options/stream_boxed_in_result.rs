//! A boxed stream in a `Result` is not the stream itself. Its lifetime is printed as it is written.

use brama::{CircuitOpen, circuit_breaker};
use futures_util::stream::{self, BoxStream};

#[circuit_breaker(identifier = "bank", stream = "end")]
fn charges() -> Result<BoxStream<'static, Result<u8, CircuitOpen>>, CircuitOpen> {
    Ok(Box::pin(stream::iter([Ok(1)])))
}

fn main() {
    let _ = charges();
}
