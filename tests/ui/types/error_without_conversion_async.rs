//! An `async fn` whose error has no `From<CircuitOpen>`: one message.

use brama::circuit_breaker;

struct PayError;

#[circuit_breaker(identifier = "bank")]
async fn charge() -> Result<u8, PayError> {
    Err(PayError)
}

fn main() {}
