//! A generic error without the bound.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn charge<E>(error: E) -> Result<u8, E> {
    Err(error)
}

fn main() {}
