//! The error of a call that timed out is a type parameter.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = "5s")]
async fn charge<Error: From<CircuitOpen>>(error: Error) -> Result<u8, Error> {
    Err(error)
}

fn main() {}
