//! A generic error behind an alias.

use brama::circuit_breaker;

type Paid<Error> = Result<u8, Error>;

#[circuit_breaker(identifier = "bank")]
fn charge<Error>(error: Error) -> Paid<Error> {
    Err(error)
}

fn main() {}
