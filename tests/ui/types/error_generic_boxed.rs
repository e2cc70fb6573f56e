//! A boxed generic error.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn charge<Error: ?Sized>(error: Box<Error>) -> Result<u8, Box<Error>> {
    Err(error)
}

fn main() {}
