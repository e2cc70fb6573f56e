//! The error has no `From<CircuitOpen>`: the message points at the return type.

use brama::circuit_breaker;

struct PayError;

#[circuit_breaker(identifier = "bank")]
fn charge() -> Result<u8, PayError> {
    Err(PayError)
}

fn main() {}
