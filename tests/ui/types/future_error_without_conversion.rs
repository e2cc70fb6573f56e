//! The error in the output of a future has no `From<CircuitOpen>`.

use brama::circuit_breaker;

struct PayError;

#[circuit_breaker(identifier = "bank")]
fn charge() -> impl Future<Output = Result<u8, PayError>> {
    async { Ok(1) }
}

fn main() {}
