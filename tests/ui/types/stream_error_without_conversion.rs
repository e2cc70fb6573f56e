//! The error of an item cannot be made from `CircuitOpen`.

use brama::circuit_breaker;
use futures_core::Stream;

struct PayError;

#[circuit_breaker(identifier = "bank", stream = "first_item")]
fn charges() -> impl Stream<Item = Result<u8, PayError>> {
    futures_util::stream::iter([Ok(1)])
}

fn main() {
    let _ = charges();
}
