//! The same for an `async fn`, with the same single message.

use brama::circuit_breaker;

struct PayError;

#[circuit_breaker(identifier = "bank")]
async fn charge() -> Result<u8, PayError> {
    Err(PayError)
}

fn main() {}
