//! `stream` is not an option of a block.

use brama::{CircuitOpen, circuit_breaker};
use futures_core::Stream;

struct Bank;

#[circuit_breaker(identifier = "bank", stream = "end")]
impl Bank {
    #[circuit_breaker]
    fn charges() -> impl Stream<Item = Result<u8, CircuitOpen>> {
        futures_util::stream::iter([Ok(1)])
    }
}

fn main() {}
